import Foundation

/// Jobs as text for a person.
enum JobText {
    /// One line a job, the newest first, below a line of names.
    static func table(_ jobs: [RemoteJob]) -> String {
        TextTable.text(
            of: [["id", "status", "progress", "model", "dataset", "created"]]
                + jobs.map { job in
                    [
                        job.id, job.status.rawValue, progress(job), job.modelVersion ?? job.name, job.dataset,
                        job.createdAt,
                    ]
                })
    }

    /// Everything that there is to say, one fact a line.
    static func sheet(_ job: RemoteJob) -> String {
        var facts: [(String, String?)] = [
            ("id", job.id), ("name", job.name),
            ("status", job.status.rawValue + (job.statusReason.map { ": \($0)" } ?? "")),
            ("in the queue", job.queuePosition.map { "number \($0)" }), ("dataset", job.dataset),
            ("epochs", "\(job.training.epochs)"), ("priority", "\(job.priority)"), ("attempt", "\(job.attempt)"),
            ("estimate", job.estimate.map(estimate)), ("created", job.createdAt), ("started", job.startedAt),
            ("finished", job.finishedAt),
        ]
        if let now = job.progress {
            let rate = "\(ProgressBar.whole(now.imagesPerSecond)) images/s"
            let left = job.status == .running ? ", \(ProgressBar.time(now.etaSeconds)) left" : ""
            facts.append(
                ("progress", "epoch \(now.epoch)/\(now.epochs), step \(now.step)/\(now.steps), \(rate)\(left)"))
        }
        for name in ["train", "test", "validation"] { facts.append((name, job.metrics?[name].map(ProgressBar.parts))) }
        facts += [("model", job.modelVersion), ("error", job.error.map { "\($0.message) (\($0.code))" })]
        return TextTable.text(of: facts.compactMap { fact in fact.1.map { [fact.0, $0] } })
    }

    /// What a job will take.
    static func estimate(_ estimate: RemoteJob.Estimate) -> String {
        let memory = "\((estimate.memoryBytes + 1_048_575) >> 20) MiB of memory"
        guard let seconds = estimate.seconds, let rate = estimate.imagesPerSecond else { return memory }
        return "\(memory), \(ProgressBar.time(seconds)) at \(ProgressBar.whole(rate)) images/s"
    }

    private static func progress(_ job: RemoteJob) -> String {
        if let place = job.queuePosition { return "number \(place)" }
        guard let now = job.progress else { return "-" }
        return "epoch \(now.epoch)/\(now.epochs)"
    }
}
