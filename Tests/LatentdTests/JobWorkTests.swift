import Autoencoders
import Checkpoints
import Foundation
import Jobs
import Kernels
import Tensors
import Testing

@testable import latentd

@Suite struct JobWorkTests {
    private let state = FileManager.default.temporaryDirectory.appendingPathComponent(
        "latentd-jobs-\(UUID().uuidString)")

    private var folders: SettingsFolders {
        var paths = Settings.Paths()
        paths.stateDir = state.path
        return SettingsFolders(
            paths, executable: URL(fileURLWithPath: "/bin/latentd"), workingFolder: URL(fileURLWithPath: "/"),
            environment: [:])
    }

    private func work(_ settings: Settings = Settings()) -> JobWork {
        let repository = ModelRepository(
            bundled: [], writable: JobWork.models(folders).path, pool: KernelPool(workers: 1, prepareThread: {}),
            backend: ReferenceBackend())
        repository.scan()
        return JobWork(settings, folders, repository)
    }

    /// What the job's process leaves.
    private func train(_ job: Job) throws -> String {
        let bottleneck = ImageShape(channels: 1, height: 2, width: 2)
        let configuration = ModelConfiguration(
            input: bottleneck, latentDimension: 2, encoder: [],
            decoder: [.init(.dense(units: 4), activation: Activation.none), .init(.reshape(bottleneck))])
        var checkpoint = Checkpoint(
            configuration: configuration,
            parameters: Parameters(initialising: try ParameterLayout(configuration), seed: 1))
        checkpoint.provenance = Provenance(
            name: "squares", family: "vae", dataset: "squares", epochs: 1, seed: 1, batchSize: 1, learningRate: 1,
            beta: 1, klReduction: "sum", programVersion: "test", createdAt: "", command: JobWork.origin(job.id))
        let folder = CheckpointFolder(path: state.appendingPathComponent("jobs/\(job.id)/checkpoint").path)
        try folder.publish(checkpoint)
        return folder.path
    }

    /// The daemon may die between a publication and its record, and another job of the name may come in between.
    @Test func publishingAgainGivesTheSameVersion() throws {
        defer { try? FileManager.default.removeItem(at: state) }
        let store = try JobStore(folder: state, maximumQueued: 9)
        let json = #"{"name":"squares","dataset":"squares","model":"mnist-2d"}"#
        let jobs = try (0..<2).map { _ in try store.submit(JobSubmission(name: "squares", specification: json)).job }
        let paths = try jobs.map(train)
        let first = work()
        #expect(try first.publish(jobs[0], paths[0]) == "squares/1")
        #expect(try first.publish(jobs[1], paths[1]) == "squares/2")
        for work in [first, work()] {
            #expect(try work.publish(jobs[0], paths[0]) == "squares/1")
            #expect(try work.publish(jobs[1], paths[1]) == "squares/2")
        }
        // A copy to another file system may be whole before the original is gone.
        _ = try train(jobs[0])
        #expect(try work().publish(jobs[0], paths[0]) == "squares/1")
    }

    /// The job fails with the difference, and what it left stays where it is.
    @Test func aModelThatFailsItsSelfTestIsNotPublished() throws {
        defer { try? FileManager.default.removeItem(at: state) }
        let store = try JobStore(folder: state, maximumQueued: 9)
        let json = #"{"name":"squares","dataset":"squares","model":"mnist-2d"}"#
        let job = try store.submit(JobSubmission(name: "squares", specification: json)).job
        let folder = CheckpointFolder(path: try train(job))
        var checkpoint = try folder.checkpoint()
        let latents = try Tensor(zeros: [1, 2])
        checkpoint.selfTest = SelfTest(
            latents: latents, decoded: try Tensor(shape: [1, 1, 2, 2], values: [0.5, 0.5, 0.75, 0.5]), mean: latents,
            logVariance: latents)
        try folder.publish(checkpoint)
        let failure = #expect(throws: JobFailure.self) { try work().publish(job, folder.path) }
        #expect(failure?.code == "self_test_failed")
        #expect(
            failure?.message
                == "The new version of 'squares' fails its self-test. Element 2 of 'decoded' is 0.5 and was 0.75 when it "
                + "was trained, a difference of 0.25; at most 0.001 is allowed.")
        #expect(folder.exists && !FileManager.default.fileExists(atPath: JobWork.models(folders).path))
    }

    /// A run that is gone on with keeps its number of threads, so the daemon's must not be a flag; nor may the child
    /// read a settings file that its daemon was told not to.
    @Test func theChildHasTheDaemonsSettings() throws {
        defer { try? FileManager.default.removeItem(at: state) }
        let store = try JobStore(folder: state, maximumQueued: 9)
        let job = try store.submit(JobSubmission(name: "squares", specification: "{}")).job
        var settings = Settings()
        settings.compute.threads = 3
        let command = try work(settings).command(job)
        #expect(!command.arguments.contains("--threads"))
        let child = try Settings.load(environment: command.environment)
        #expect(child.compute.threads == 3 && child.paths.stateDir == state.path)
    }
}
