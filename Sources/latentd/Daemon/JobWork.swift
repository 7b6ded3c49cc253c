import Autoencoders
import Checkpoints
import Foundation
import Jobs
import Logging

/// What a job is, to this program: a `latentd train` process, and the publication of its checkpoint.
struct JobWork: Sendable {
    private let settings: Settings
    private let folders: SettingsFolders
    private let repository: ModelRepository

    init(_ settings: Settings, _ folders: SettingsFolders, _ repository: ModelRepository) {
        (self.settings, self.folders, self.repository) = (settings, folders, repository)
    }

    /// Writes the specification where the child finds it. A later attempt goes on from the same output folder.
    func command(_ job: Job) throws -> ChildCommand {
        let folder = folder(job.id)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try DurableFile.write(Array(job.specification.utf8), to: Self.specificationFile, in: folder.path)
        var arguments = [
            "train", "--job", "\(job.id)", "--job-spec", folder.appendingPathComponent(Self.specificationFile).path,
            "--output", run(job.id).path, "--backend",
            settings.compute.backend.rawValue,
        ]
        for data in folders.data { arguments += ["--data-dir", data.path] }
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LATENTD_") }
        // The settings are the daemon's, not those of a file that it may not have read itself.
        environment["LATENTD_CONFIG"] = "/dev/null"
        // Swift's backtrace would keep a process that has crashed for up to 30 s, at full load.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        environment["LATENTD_STATE_DIR"] = folders.state.path
        // Not a flag: a run that is gone on with keeps the number of threads that it was begun with.
        let limits = JobLimits(settings)
        environment["LATENTD_COMPUTE_THREADS"] = "\(limits.threads)"
        environment["LATENTD_JOBS_MEMORY_LIMIT_BYTES"] = "\(limits.memoryBytes)"
        environment["LATENTD_JOBS_DISK_RESERVE_BYTES"] = "\(settings.jobs.diskReserveBytes)"
        // This very program, also where its file has been replaced or removed since.
        return ChildCommand(
            executable: "/proc/self/exe", name: SettingsFolders.executable.path, arguments: arguments,
            environment: environment, logFile: log(job.id))
    }

    /// Serves the finished checkpoint as the next version of its name, once, however often it is asked to.
    func publish(_ job: Job, _ path: String) throws -> String {
        let specification = try TrainingSpecification(json: Data(job.specification.utf8))
        let name = specification.modelName
        if let version = published(job.id, as: name) { return "\(name)/\(version)" }
        let model: ServedModel
        do throws(RepositoryError) { model = try repository.publish(CheckpointFolder(path: path), as: name) } catch {
            throw JobFailure(error)
        }
        return "\(model.name)/\(model.version)"
    }

    /// The version that this job made before the daemon died; others of its name may have come after it.
    private func published(_ id: JobIdentifier, as name: String) -> Int? {
        repository.listing(named: name)?.versions.last { version in
            let folder = CheckpointFolder(path: models.appendingPathComponent("\(name)/\(version)").path)
            return (try? folder.provenance())?.command == Self.origin(id)
        }
    }

    /// What jobs are held against before they are accepted.
    func admission(_ store: JobStore) -> JobAdmission {
        JobAdmission(
            limits: JobLimits(settings), folder: folders.state, diskReserve: settings.jobs.diskReserveBytes, jobs: store
        )
    }

    /// A deleted job leaves nothing behind, one that has ended what the settings keep.
    func clearUp(after store: JobStore, _ logger: Logger) -> JobObservation {
        store.observe { id in
            do throws(JobStoreError) {
                if try store.job(id).status.isFinal { prune(store, logger) }
            } catch {
                guard case .notFound = error else { return }
                try? FileManager.default.removeItem(at: folder(id))
            }
        }
    }

    /// Removes files of jobs that have ended, by the settings. A failure costs disk space, and is made good the next time.
    func prune(_ store: JobStore, _ logger: Logger, now: Date = .now) {
        do throws(JobStoreError) {
            for (id, parts) in JobPruning(settings.jobs).parts(of: try store.endedJobs(), now: now) {
                // Noted first: a file that is said to be there must be.
                try store.markPruned(parts.map(\.rawValue), of: id)
                for part in parts { remove(part, of: id) }
            }
        } catch {
            logger.warning("files of jobs that have ended cannot be pruned", metadata: ["error": "\(error)"])
        }
    }

    private func remove(_ part: JobPart, of id: JobIdentifier) {
        switch part {
        case .checkpoint:
            for folder in [run(id), run(id).damaged] { try? FileManager.default.removeItem(atPath: folder.path) }
        case .maps: try? run(id).runMaps.remove()
        case .log: try? FileManager.default.removeItem(at: log(id))
        }
    }

    /// What a model's provenance says of the command that made it.
    static func origin(_ id: JobIdentifier) -> String { "job \(id)" }

    /// Where jobs publish their models.
    private var models: URL { Self.models(folders) }

    static func models(_ folders: SettingsFolders) -> URL { folders.state.appendingPathComponent("models") }

    private static let specificationFile = "specification.json"

    /// What the job's process leaves.
    func run(_ id: JobIdentifier) -> CheckpointFolder {
        CheckpointFolder(path: folder(id).appendingPathComponent("checkpoint").path)
    }

    private func log(_ id: JobIdentifier) -> URL { folder(id).appendingPathComponent("train.log") }

    private func folder(_ id: JobIdentifier) -> URL {
        folders.state.appendingPathComponent("jobs").appendingPathComponent("\(id)")
    }
}

extension JobFailure {
    /// Why a finished job's model is not served.
    init(_ error: RepositoryError) {
        let code =
            switch error {
            case .selfTestFailed: "self_test_failed"
            case .file(let fault) where fault.isFull: "disk_full"
            default: "publication_failed"
            }
        self.init(code: code, message: error.description)
    }
}
