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
