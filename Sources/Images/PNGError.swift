/// Why a PNG cannot be read or written.
public enum PNGError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The first bytes are not a PNG's signature and header.
    case notPNG
    /// The data ends before the image does.
    case truncated
    /// libpng refused the data; `reason` is its text.
    case corrupt(reason: String)
    /// The header says more than the limits allow; `what` is `width`, `height` or `pixels`.
    case tooLarge(what: String, actual: Int, limit: Int)
    /// Memory ran out.
    case outOfMemory
    /// libpng could not write the image; `reason` is its text.
    case notWritten(reason: String)

    public var description: String {
        switch self {
        case .notPNG: "The data is not a PNG."
        case .truncated: "The PNG is cut short."
        case .corrupt(let reason): "The PNG is damaged: \(reason)."
        case .tooLarge(let what, let actual, let limit):
            "The PNG has \(actual) \(what == "pixels" ? "pixels" : "pixels of \(what)"); the limit is \(limit)."
        case .outOfMemory: "There is not enough memory for the PNG."
        case .notWritten(let reason): "The PNG cannot be written: \(reason)."
        }
    }
}

/// How large a PNG may be, held against its header before anything is allocated for it.
public struct PNGLimits: Equatable, Sendable {
    public var width: Int
    public var height: Int
    /// The most pixels in all; each takes up to 16 bytes while it is decoded.
    public var pixels: Int

    public init(width: Int = 16_384, height: Int = 16_384, pixels: Int = 1 << 22) {
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}
