import HTTP
import HTTPTypes

/// The cap that a route would set.
let bodyLimit = 1 << 20

/// Reads the pieces as a connection of ours does: request after request until a fault, or one that closes it.
func readByOurs(_ pieces: [[UInt8]]) -> Reading<HTTPFault> {
    var parser = RequestParser()
    var reading = Reading<HTTPFault>()
    do throws(HTTPFault) {
        for piece in pieces {
            parser.append(piece)
            try advance(&parser, &reading)
            if reading.ending == .closed { return reading }
        }
        if parser.isInsideRequest { reading.ending = .inside }
    } catch {
        reading.ending = .rejected(error)
    }
    return reading
}

private func advance(_ parser: inout RequestParser, _ reading: inout Reading<HTTPFault>) throws(HTTPFault) {
    while true {
        switch try parser.next() {
        case .needMore: return
        case .head(let head):
            reading.open = Message(head)
            try parser.beginBody(limit: bodyLimit)
        case .body(let body):
            guard var message = reading.open else { return }
            reading.open = nil
            message.body = body
            reading.requests.append(message)
            guard message.keepsAlive else {
                reading.ending = .closed
                return
            }
            parser.beginNextRequest()
        }
    }
}

extension Message {
    fileprivate init(_ head: RequestHead) {
        self.init(
            method: Array(head.method.rawValue.utf8), target: Array(head.target.raw.utf8),
            minorVersion: head.version == .http11 ? 1 : 0,
            fields: head.fields.map { field in
                Field(
                    name: Array(field.name.rawName.utf8),
                    value: field.withUnsafeBytesOfValue { Array($0) })
            },
            keepsAlive: head.keepsAlive)
    }
}
