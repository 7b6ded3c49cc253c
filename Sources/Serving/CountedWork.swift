import HTTP

/// A request's work for a model, with the times that the statistics tell.
struct CountedWork<Work: ModelWork> {
    let work: Work
    let request: Request
    private let counters: InferenceCounters
    private let marks: InferenceCounters.Marks

    /// Reads the request.
    init(_ request: Request, _ services: Services) throws {
        let (queued, started) = (request.age, InferenceCounters.now)
        let target = try Work.target(of: request, services)
        let counters = services.inference.counters(of: target.name, version: target.model.version)
        do { work = try Work(request, of: target, services) } catch {
            counters.failed(after: request.age)
            throw error
        }
        (self.request, self.counters) = (request, counters)
        marks = InferenceCounters.Marks(queued: queued, started: started, read: InferenceCounters.now)
    }

    func answerAlone() throws -> Response {
        let output = Result { try work.output() }
        return try answer(batch: work.rows.rows, isFirst: true, computed: InferenceCounters.now) { try output.get() }
    }

    /// - Parameters:
    ///   - batch: rows that were computed at once.
    ///   - isFirst: whether this is the request that the batch is counted with.
    ///   - computed: when that was done.
    func answer(batch: Int, isFirst: Bool, computed: Int, _ output: () throws -> Work.Output) throws -> Response {
        do {
            let response = try work.response(try output())
            var marks = marks
            (marks.computed, marks.written) = (computed, InferenceCounters.now)
            counters.succeeded(rows: work.rows.rows, batch: batch, isFirst: isFirst, marks)
            return response
        } catch {
            counters.failed(after: request.age)
            throw error
        }
    }
}
