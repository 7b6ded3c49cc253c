extension JSONParser {
    /// Reads a string whose opening quote has been read.
    mutating func string() throws(JSONSyntaxError) -> String {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case 0x22:
                let text = try utf8(bytes[start..<position], at: start)
                position += 1
                return text
            case 0x5C: return try escapedString(from: start)
            case 0..<0x20: throw error(.controlCharacter)
            default: position += 1
            }
        }
        throw error(.unexpectedEnd)
    }

    /// Goes on with a string in which an escape was met.
    private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
        var text = Array(bytes[start..<position])
        while true {
            let byte = try next()
            switch byte {
            case 0x22:
                return try text.withUnsafeBufferPointerTyped { buffer throws(JSONSyntaxError) in
                    try utf8(buffer[...], at: start)
                }
            case 0x5C: try escape(into: &text)
            case 0..<0x20:
                position -= 1
                throw error(.controlCharacter)
            default: text.append(byte)
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
        switch try next() {
        case 0x22: text.append(0x22)
        case 0x5C: text.append(0x5C)
        case 0x2F: text.append(0x2F)
        case 0x62: text.append(0x08)
        case 0x66: text.append(0x0C)
        case 0x6E: text.append(0x0A)
        case 0x72: text.append(0x0D)
        case 0x74: text.append(0x09)
        case 0x75:
            var code = try hexadecimal()
            if (0xD800...0xDBFF).contains(code) {
                guard peek() == 0x5C else { throw error(.loneSurrogate) }
                position += 1
                guard peek() == 0x75 else { throw error(.loneSurrogate) }
                position += 1
                let low = try hexadecimal()
                guard (0xDC00...0xDFFF).contains(low) else { throw error(.loneSurrogate) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error(.loneSurrogate) }
            text.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        default:
            position -= 1
            throw error(.invalidEscape)
        }
    }

    private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            let byte = try next()
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw error(.invalidEscape)
            }
            code = code << 4 | UInt32(digit)
        }
        return code
    }

    private func utf8(_ slice: Slice<UnsafeBufferPointer<UInt8>>, at start: Int) throws(JSONSyntaxError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw JSONSyntaxError(reason: .invalidUTF8, offset: start)
        }
        return text
    }
}

extension Array {
    /// `withUnsafeBufferPointer` that keeps the type of what `body` throws.
    fileprivate func withUnsafeBufferPointerTyped<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let result: Swift.Result<Result, Failure> = withUnsafeBufferPointer { buffer in
            do throws(Failure) { return .success(try body(buffer)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
