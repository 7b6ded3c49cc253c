import Autoencoders
import Foundation
import Testing

@Suite struct SpecificationTests {
    @Test(arguments: [
        (#"{"dataset":"mnist","model":"mnist-2d","training":{"epochs":0}}"#, "training.epochs"),
        (#"{"dataset":"mnist","model":"mnist-2d","training":{"learning_rate":-1}}"#, "training.learning_rate"),
        (#"{"dataset":"mnist","model":"mnist-2d","training":{"epoch":1}}"#, "training.epoch"),
        (#"{"dataset":"mnist","model":"mnist-2d","training":{"beta":1e9}}"#, "training.beta"),
        (#"{"dataset":"mnist","model":"mnist-2d","training":{"schedule":"linear"}}"#, "training.schedule"),
        (#"{"dataset":"mnist","model":"mnist-2d","training":{"beta_schedule":"cosine"}}"#, "training.beta_schedule"),
        (
            #"{"dataset":"mnist","model":"mnist-2d","training":{"beta_warm_up_epochs":0}}"#,
            "training.beta_warm_up_epochs"
        ),
        (#"{"dataset":"mnist","model":"mnist-2d","training":{"step_factor":0}}"#, "training.step_factor"),
        (#"{"dataset":"mnist","model":"mnist-2d","training":{"step_epochs":0}}"#, "training.step_epochs"),
        (#"{"dataset":"mnist","model":"mnist-2d","training":{"free_bits":-1}}"#, "training.free_bits"),
        (#"{"dataset":"mnist","model":"mnist-2d","training":{"clip_norm":-1}}"#, "training.clip_norm"),
        (#"{"dataset":"mnist","model":"mnist-2d","training":{"shift_pixels":17}}"#, "training.shift_pixels"),
        (#"{"dataset":"mnist","model":"mnist-2d","training":{"validation_share":0.6}}"#, "training.validation_share"),
        (#"{"dataset":"mnist","model":"mnist-2d","training":{"patience":3}}"#, "training.patience"),
        (#"{"dataset":"mnist","model":"mnist-2d","priority":101}"#, "priority"),
        (#"{"dataset":"mnist","model":"mnist-3d"}"#, "model"),
        (#"{"dataset":"mnist","model":{"input":1}}"#, "model.input"),
        (#"{"model":"mnist-2d"}"#, "dataset"),
        (#"{"dataset":"mnist","model":"mnist-2d","colour":1}"#, "colour"),
        (#"{"dataset":"mnist","model":"mnist-2d","name":"../x"}"#, "name"),
        (#"{"dataset":"mnist","model":"mnist-2d","name":"A"}"#, "name"),
    ])
    func anErrorNamesItsField(json: String, field: String) {
        let error = #expect(throws: ConfigurationError.self) { try TrainingSpecification(json: Data(json.utf8)) }
        #expect(error?.field == field)
    }

    @Test func survivesItsOwnJSON() throws {
        let json =
            #"{"dataset":"mnist","model":"mnist-2d","training":{"epochs":3,"schedule":"cosine"},"metadata":{"a":"b"}}"#
        let specification = try TrainingSpecification(json: Data(json.utf8))
        #expect(specification.modelName == "mnist-2d")
        let again = try TrainingSpecification(json: try JSONEncoder().encode(specification))
        #expect(again.training == specification.training && again.model == specification.model)
        #expect(again.modelName == "mnist-2d" && again.metadata == ["a": "b"])
    }

    /// At the first step, in the middle and at the last of 10 epochs of 100 steps.
    @Test(arguments: [
        (TrainingSettings.BetaSchedule.constant, 4, [1, 1, 1, 1] as [Float]), (.linear, 4, [0, 0.25, 0.5, 1]),
        (.sigmoid, 4, [0, 0.045, 0.5, 1]), (.cyclical, 4, [0, 0.5, 1, 0.995]), (.linear, 20, [0, 0.05, 0.1, 0.49995]),
    ])
    func theWeightOfTheDivergenceRises(schedule: TrainingSettings.BetaSchedule, epochs: Int, expected: [Float]) {
        var settings = TrainingSettings()
        (settings.epochs, settings.betaSchedule, settings.betaWarmUpEpochs) = (10, schedule, epochs)
        let scales = [1, 101, 201, 1000].map { settings.divergenceScale(atStep: $0, of: 1000) }
        for (scale, value) in zip(scales, expected) { #expect(abs(scale - value) < 1e-3, "\(scales)") }
        // A cycle later it is where it was.
        if schedule == .cyclical { #expect(settings.divergenceScale(atStep: 501, of: 1000) == 0.5) }
    }

    @Test func learningRateFallsInSteps() {
        var settings = TrainingSettings()
        (settings.epochs, settings.learningRate) = (9, 1)
        (settings.schedule, settings.stepFactor, settings.stepEpochs) = (.step, 0.5, 3)
        let rates = [1, 300, 301, 600, 601, 900].map { settings.learningRate(atStep: $0, of: 900) }
        #expect(rates == [1, 1, 0.5, 0.5, 0.25, 0.25])
    }

    @Test func learningRateWarmsUpAndFalls() {
        var settings = TrainingSettings()
        settings.learningRate = 1
        settings.warmUpSteps = 10
        settings.schedule = .cosine
        #expect(settings.learningRate(atStep: 1, of: 1000) < 0.11)
        #expect(settings.learningRate(atStep: 10, of: 1000) > 0.99)
        #expect(abs(settings.learningRate(atStep: 501, of: 1000) - 0.5) < 1e-3)
        #expect(settings.learningRate(atStep: 1000, of: 1000) < 1e-4)
    }
}
