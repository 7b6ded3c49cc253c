import Foundation
import Synchronization

/// Collects texts from any thread and lets a test wait for them.
final class Recorder: Sendable {
    private let collected = Mutex<[String]>([])

    var texts: [String] { collected.withLock { $0 } }

    func append(_ text: String) { collected.withLock { $0.append(text) } }
}
