import Foundation
import Jobs

/// A part of what a job leaves beside its history.
enum JobPart: String, CaseIterable, Sendable {
    /// Nobody goes on from it once the job has ended; it is there to be looked at.
    case checkpoint
    case maps, log
}

/// Which files of jobs that have ended are kept. Live jobs are not its business: it never sees one.
struct JobPruning: Equatable, Sendable {
    /// Of the latest jobs that left a checkpoint: those that have not succeeded, whose checkpoint became a model.
    var keptCheckpoints: Int
    /// Of the latest jobs: maps and log.
    var keptFiles: Int
    /// After it nothing is kept; nil for no such bound.
    var age: TimeInterval?

    init(keptCheckpoints: Int, keptFiles: Int, age: TimeInterval?) {
        (self.keptCheckpoints, self.keptFiles, self.age) = (keptCheckpoints, keptFiles, age)
    }

    init(_ settings: Settings.Jobs) {
        self.init(
            keptCheckpoints: settings.keepCheckpoints, keptFiles: settings.keepFiles,
            age: settings.keepDays > 0 ? TimeInterval(settings.keepDays) * 86_400 : nil)
    }

    /// What is to go now and has not gone before.
    func parts(of jobs: [EndedJob], now: Date) -> [(id: JobIdentifier, parts: [JobPart])] {
        var (checkpoints, files) = (0, 0)
        // The identifier decides where several ended in one millisecond.
        return jobs.sorted { ($0.finishedAt, $0.id.text) > ($1.finishedAt, $1.id.text) }.compactMap { job in
            let isOld = age.map { now.timeIntervalSince(job.finishedAt) > $0 } ?? false
            files += 1
            if job.status != .succeeded { checkpoints += 1 }
            let parts = JobPart.allCases.filter { part in
                guard !job.pruned.contains(part.rawValue) else { return false }
                switch part {
                case .checkpoint: return job.status != .succeeded && (isOld || checkpoints > keptCheckpoints)
                case .maps, .log: return isOld || files > keptFiles
                }
            }
            return parts.isEmpty ? nil : (job.id, parts)
        }
    }
}
