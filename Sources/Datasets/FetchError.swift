import Images

/// Why a dataset could not be fetched.
public enum FetchError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No dataset of that name has mirrors; `available` are those that have.
    case unknownDataset(name: String, available: [String])
    /// The target folder cannot be written to; `reason` is the system's.
    case notWritable(step: String, reason: String)
    /// Every mirror failed at `file`; one failure each, in the order tried.
    case allMirrorsFailed(file: String, failures: [MirrorFailure])
    /// All files together took longer than `seconds`.
    case outOfTime(seconds: Double)

    public var description: String {
        switch self {
        case .unknownDataset(let name, let available):
            "The dataset '\(name)' cannot be fetched; there are: \(available.joined(separator: ", "))."
        case .notWritable(let step, let reason): "The dataset cannot be stored: \(step): \(reason)."
        case .allMirrorsFailed(let file, let failures):
            "'\(file)' could not be fetched from any mirror.\n"
                + failures.map { "  \($0.description)" }.joined(separator: "\n")
        case .outOfTime(let seconds): "The download was given up after \(seconds) seconds."
        }
    }
}

extension FetchError {
    static func storing<Value>(_ body: () throws(StorageFault) -> Value) throws(FetchError) -> Value {
        do throws(StorageFault) { return try body() } catch {
            throw .notWritable(step: error.step, reason: error.reason)
        }
    }
}

/// What one mirror did wrong with one file.
public struct MirrorFailure: Equatable, Sendable, CustomStringConvertible {
    public let mirror: String
    public let reason: Reason

    public init(mirror: String, reason: Reason) {
        self.mirror = mirror
        self.reason = reason
    }

    public enum Reason: Equatable, Sendable {
        /// The mirror's address is no http or https address.
        case unusableAddress
        /// No connection, or it broke; the text is the system's.
        case unreachable(String)
        /// An answer other than 200.
        case status(Int)
        /// More than `limit` redirects one after the other.
        case tooManyRedirects(limit: Int)
        /// A redirect to another scheme than http or https, or from https to http.
        case unsafeRedirect
        /// Nothing came for `seconds`.
        case stalled(seconds: Double, received: Int)
        /// The time for all files was over.
        case outOfTime(seconds: Double)
        /// The body ended early. `expected` is what the mirror promised.
        case truncated(expected: Int, received: Int)
        /// More bytes than any such file has.
        case tooLarge(limit: Int)
        /// What came cannot be inflated.
        case unsoundGzip(GzipError)
        /// What came is not the published file.
        case digestMismatch(expected: String, actual: String)
        /// What came could not be stored or read back.
        case notStored(String)
    }

    public var description: String {
        switch reason {
        case .unusableAddress: "\(mirror): not an http or https address"
        case .unreachable(let text): "\(mirror): unreachable: \(text)"
        case .status(let code): "\(mirror): answered with status \(code)"
        case .tooManyRedirects(let limit): "\(mirror): more than \(limit) redirects"
        case .unsafeRedirect: "\(mirror): redirected to an address that is not safe to follow"
        case .stalled(let seconds, let received): "\(mirror): stalled: nothing for \(seconds) s after \(received) bytes"
        case .outOfTime(let seconds): "\(mirror): given up after \(seconds) s in all"
        case .truncated(let expected, let received): "\(mirror): cut short after \(received) of \(expected) bytes"
        case .tooLarge(let limit): "\(mirror): more than \(limit) bytes"
        case .unsoundGzip(let error): "\(mirror): \(error.description)"
        case .digestMismatch(let expected, let actual):
            "\(mirror): other content than published: SHA-256 is \(actual) instead of \(expected)"
        case .notStored(let reason): "\(mirror): could not be stored: \(reason)"
        }
    }
}

/// How long a fetch may take and how much it may bring.
public struct FetchLimits: Sendable, Equatable {
    /// The most seconds between two pieces of an answer, the first included.
    public var stallSeconds: Double
    /// The most seconds for all files together.
    public var totalSeconds: Double
    /// The most bytes of one file as it comes, gzipped.
    public var fileBytes: Int
    /// The most bytes of one file when inflated.
    public var inflatedBytes: Int
    /// The most redirects one after the other.
    public var redirects: Int

    public init(
        stallSeconds: Double = 20, totalSeconds: Double = 1800, fileBytes: Int = 64 << 20,
        inflatedBytes: Int = 256 << 20,
        redirects: Int = 5
    ) {
        self.stallSeconds = stallSeconds
        self.totalSeconds = totalSeconds
        self.fileBytes = fileBytes
        self.inflatedBytes = inflatedBytes
        self.redirects = redirects
    }
}

/// How far a fetch has come.
public struct FetchProgress: Sendable, Equatable {
    /// The file that is being fetched.
    public let file: String
    /// Which of the files it is, counted from 1.
    public let fileNumber: Int
    public let fileCount: Int
    public let mirror: String
    public let receivedBytes: Int
    /// As the mirror promises; nil where it does not say.
    public let expectedBytes: Int?
}
