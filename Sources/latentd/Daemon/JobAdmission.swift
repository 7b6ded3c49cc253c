import Autoencoders
import Checkpoints
import Datasets
import Foundation
import Jobs
import Serving
import Training

/// Estimates what a job will take, and refuses what cannot fit.
struct JobAdmission: Sendable {
    let limits: JobLimits
    /// The folder of the checkpoints, and what they have to leave free there.
    let folder: URL
    let diskReserve: Int
    let jobs: JobStore

    /// How many of the latest jobs are looked at for their speed.
    private static let remembered = 30

    func estimate(_ specification: TrainingSpecification, _ dataset: DatasetDescription) throws -> JobEstimate {
        let run = try estimate(specification, dataset, batchSize: specification.training.batchSize)
        guard run.memoryBytes <= limits.memoryBytes else {
            // What is to blame is what would help.
            let alone = try estimate(specification, dataset, batchSize: 1)
            throw JobRefusal.memory(
                needed: run.memoryBytes, limit: limits.memoryBytes, batchSize: specification.training.batchSize,
                batchSizeHelps: alone.memoryBytes <= limits.memoryBytes)
        }
        do throws(DiskShortage) {
            try DiskShortage.check(
                needed: run.checkpointBytes, free: DiskSpace.free(at: folder.path), reserve: diskReserve)
        } catch { throw JobRefusal.disk(error) }
        let rate = SpeedRecord.imagesPerSecond(
            of: specification.training.applied(to: specification.model), operations: run.operationsPerImage,
            from: try jobs.jobs(limit: Self.remembered).jobs.compactMap(SpeedRecord.init))
        return JobEstimate(
            memoryBytes: run.memoryBytes, checkpointBytes: run.checkpointBytes,
            seconds: rate.map { run.seconds(imagesPerSecond: $0) }, imagesPerSecond: rate)
    }

    private func estimate(
        _ specification: TrainingSpecification, _ dataset: DatasetDescription, batchSize: Int
    ) throws -> RunEstimate {
        var specification = specification
        specification.training.batchSize = batchSize
        func count(_ part: Dataset.Part) -> Int { dataset.splits.first { $0.name == part }?.count ?? 0 }
        return try RunEstimate(
            specification, trainImages: count(.train), testImages: count(.test), threads: limits.threads)
    }
}

/// How fast a job trained.
struct SpeedRecord: Equatable, Sendable {
    let model: ModelConfiguration
    let imagesPerSecond: Double

    init(model: ModelConfiguration, imagesPerSecond: Double) {
        (self.model, self.imagesPerSecond) = (model, imagesPerSecond)
    }

    /// Nil for one that has not come so far as to tell.
    init?(_ job: Job) {
        struct Progress: Decodable {
            let imagesPerSecond: Double

            enum CodingKeys: String, CodingKey { case imagesPerSecond = "images_per_second" }
        }
        guard let text = job.progress,
            let progress = try? JSONDecoder().decode(Progress.self, from: Data(text.utf8)),
            progress.imagesPerSecond > 0,
            let specification = try? TrainingSpecification(json: Data(job.specification.utf8))
        else { return nil }
        model = specification.training.applied(to: specification.model)
        imagesPerSecond = progress.imagesPerSecond
    }

    /// The median of the records of this model; without any, that of the operations a second of all, which differ less
    /// from model to model than images do. Nil where there is no record.
    static func imagesPerSecond(
        of model: ModelConfiguration, operations: Int, from records: [SpeedRecord]
    ) -> Double? {
        let same = records.filter { $0.model == model }
        if let rate = median(same.map(\.imagesPerSecond)) { return rate }
        let rates = records.compactMap { record in
            (try? record.model.operationCount(.train)).map { record.imagesPerSecond * Double($0) }
        }
        return median(rates).map { $0 / Double(max(operations, 1)) }
    }

    private static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }
}
