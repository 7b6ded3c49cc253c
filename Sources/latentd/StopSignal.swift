import Foundation
import Synchronization

/// SIGTERM and SIGINT as a question that a loop asks between two steps.
enum StopSignal {
    private static let raised = Atomic<Bool>(false)

    static var isRaised: Bool { raised.load(ordering: .relaxed) }

    static func listen() {
        _ = isRaised  // made now, not in a handler
        for number in [SIGTERM, SIGINT] {
            // The second signal finds the default action again and ends the process at once.
            signal(number) { received in
                StopSignal.raised.store(true, ordering: .relaxed)
                signal(received, SIG_DFL)
            }
        }
    }
}
