import Foundation

/// One line of a child's standard output, understood.
enum ChildMessage: Equatable, Sendable {
    /// Where the work stands: JSON objects.
    case progress(String, metrics: String?)
    /// Something to keep for good, with the metrics it brings.
    case event(kind: String, content: [String: JSONValue], metrics: String?)
    case finished(path: String)
    case failed(JobFailure)

    /// Reads a line; nil when it is not a message.
    init?(line: [UInt8]) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(line)),
            case .object(var members) = value, let kind = members.removeValue(forKey: "type")?.string
        else { return nil }
        let metrics = members["metrics"].flatMap { value in
            if case .object = value { value.text } else { nil }
        }
        switch kind {
        case "progress":
            members["metrics"] = nil
            guard let progress = JSONValue.object(members).text else { return nil }
            self = .progress(progress, metrics: metrics)
        case "epoch", "checkpoint", "began_anew":
            self = .event(kind: kind, content: members, metrics: metrics)
        case "finished":
            guard let path = members["path"]?.string else { return nil }
            self = .finished(path: path)
        case "failed":
            let code = members["code"]?.string ?? ""
            self = .failed(
                JobFailure(
                    code: Self.isCode(code) ? code : "training_failed",
                    message: PublicText.sentence(members["message"]?.string ?? "The training failed."),
                    parameter: members["parameter"]?.string.map { PublicText.sentence($0) }))
        default:
            return nil
        }
    }

    /// Codes are short words for programs: `a-z`, `0-9` and `_`.
    private static func isCode(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
    }
}
