import Images

/// A content coding that bodies may have.
enum ContentCoding: String {
    case gzip, deflate

    var format: DeflateFormat { self == .gzip ? .gzip : .zlib }
}

/// What a client says about content codings (RFC 9110 §12.5.3), as far as gzip, deflate and none are concerned.
struct AcceptEncoding: Equatable {
    /// Quality in thousandths; nil where it is not named.
    private var gzip: Int?
    private var deflate: Int?
    private var identity: Int?
    private var others: Int?

    /// Reads the field; a member that breaks the grammar counts as not there.
    init(_ field: String) {
        for member in field.split(separator: ",").prefix(32) {
            let parts = member.split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmingSpaces() }
            guard let coding = parts.first?.lowercased(), let quality = Self.quality(parts.dropFirst()) else {
                continue
            }
            switch coding {
            case "gzip", "x-gzip": gzip = quality
            case "deflate": deflate = quality
            case "identity": identity = quality
            case "*": others = quality
            default: break
            }
        }
    }

    /// Whether the coding may be sent, and no less gladly than the body as it is.
    func accepts(_ coding: ContentCoding) -> Bool { quality(of: coding) > 0 && quality(of: coding) >= (identity ?? 0) }

    /// Whether the coding is asked for: the body as it is is said to be worse, or is refused.
    func prefers(_ coding: ContentCoding) -> Bool {
        accepts(coding) && (identity ?? (others == 0 ? 0 : Int.max)) < quality(of: coding)
    }

    /// The most wanted one of those that may be sent, the first of equals.
    func best(of codings: [ContentCoding]) -> ContentCoding? {
        codings.filter(accepts).reduce(nil) { best, coding in
            best.map { quality(of: coding) > quality(of: $0) ? coding : $0 } ?? coding
        }
    }

    private func quality(of coding: ContentCoding) -> Int { (coding == .gzip ? gzip : deflate) ?? others ?? 0 }

    /// `q=` with up to three decimals; 1 without one, nil where it is malformed (§12.4.2).
    private static func quality(_ parameters: ArraySlice<String>) -> Int? {
        guard let weight = parameters.first else { return 1000 }
        let text = Array(weight.lowercased().utf8)
        guard parameters.count == 1, text.count >= 3, text.count <= 7, text[0] == 0x71, text[1] == 0x3D,
            text[2] == 0x30 || text[2] == 0x31
        else { return nil }
        guard text.count > 3 else { return text[2] == 0x31 ? 1000 : 0 }
        guard text[3] == 0x2E else { return nil }
        var thousandths = 0
        for place in 4..<7 {
            let digit = place < text.count ? text[place] : 0x30
            guard (0x30...0x39).contains(digit) else { return nil }
            thousandths = thousandths * 10 + Int(digit - 0x30)
        }
        return text[2] == 0x30 ? thousandths : thousandths == 0 ? 1000 : nil
    }
}
