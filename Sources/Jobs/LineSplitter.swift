/// Cuts a stream of bytes into lines of bounded length; a longer line is dropped whole and counted.
struct LineSplitter: Sendable {
    /// The most bytes a line may have, without its end.
    let limit: Int
    private(set) var overlongLines = 0
    private var line: [UInt8] = []
    private var isOverlong = false

    init(limit: Int = 65_536) { self.limit = limit }

    /// Takes the next bytes and calls `body` for every line that they complete.
    mutating func take(_ bytes: some Sequence<UInt8>, _ body: ([UInt8]) -> Void) {
        for byte in bytes {
            if byte == 0x0A {
                finish(body)
            } else if line.count == limit {
                isOverlong = true
            } else if !isOverlong {
                line.append(byte)
            }
        }
    }

    /// Ends the stream: the last line may lack its end.
    mutating func finish(_ body: ([UInt8]) -> Void) {
        if isOverlong {
            overlongLines += 1
        } else if !line.isEmpty {
            body(line)
        }
        line.removeAll(keepingCapacity: true)
        isOverlong = false
    }
}
