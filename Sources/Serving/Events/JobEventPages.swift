import HTTP
import Jobs

/// A job's events as bytes of a stream, read once for all who stand at the same place.
struct JobEventPages {
    struct Page: Equatable {
        let bytes: [UInt8]
        /// The number of its last event.
        let last: Int
    }

    /// A page ends with the event that fills it, so that a stream's cap holds several.
    static let bytes = 32 * 1024
    static let events = 200

    let store: JobStore
    let job: JobIdentifier
    /// The number of the last event that is told of now.
    let last: Int
    private var read: [Int: Page] = [:]

    init(store: JobStore, job: JobIdentifier, last: Int) {
        (self.store, self.job, self.last) = (store, job, last)
    }

    /// What follows an event; nil where nothing does, yet.
    mutating func page(after position: Int) throws(JobStoreError) -> Page? {
        guard position < self.last else { return nil }
        if let page = read[position] { return page }
        var (bytes, last) = ([UInt8](), position)
        for event in try store.events(of: job, after: position, limit: Self.events) where bytes.count < Self.bytes {
            Self.append(event, to: &bytes)
            last = event.number
        }
        guard last > position else { return nil }
        let page = Page(bytes: bytes, last: last)
        read[position] = page
        return page
    }

    /// The event as the list has it, with its number as the id to go on after.
    private static func append(_ event: JobEvent, to bytes: inout [UInt8]) {
        var writer = JSONWriter(capacity: 512)
        JobDocument.write(event, &writer)
        ServerSentEvent(id: String(event.number), name: event.kind, data: writer.bytes).append(to: &bytes)
    }
}
