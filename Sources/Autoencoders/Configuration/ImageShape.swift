/// The extents of one image.
public struct ImageShape: Hashable, Sendable {
    public var channels, height, width: Int

    public init(channels: Int, height: Int, width: Int) {
        (self.channels, self.height, self.width) = (channels, height, width)
    }

    /// The number of values of one image; `ModelConfiguration.validate` has bounded it.
    public var count: Int { channels * height * width }
}

extension ImageShape: Codable {
    public init(from decoder: any Decoder) throws {
        let fields = try StrictContainer(decoder, allowed: ["channels", "height", "width"])
        self.init(
            channels: try fields.required("channels"), height: try fields.required("height"),
            width: try fields.required("width"))
    }
}
