import Autoencoders

/// Why a checkpoint cannot be read or written. Files are named by their path inside the checkpoint.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
    case missingFile(String)
    case file(FileFault)
    /// Somebody else changed it while it was read.
    case changed(file: String, FileChange)
    /// The disk has no room for it beside what must stay free.
    case disk(DiskShortage)
    /// Not a sound safetensors file, or not the tensors that the configuration asks for.
    case tensors(file: String, reason: SafetensorsError)
    /// `config.json` describes no model that can be built.
    case configuration(ConfigurationError)
    /// A tensor that the configured model does not have.
    case unexpectedTensor(file: String, tensor: String)
    /// A weight that is infinite or not a number; `index` counts in the tensor's row-major order.
    case nonFinite(file: String, tensor: String, index: Int)
    /// A JSON file that does not say what it must; `line` counts from 1 in a file of lines.
    case json(file: String, line: Int?)
    /// Numbers of the optimiser that are not one a parameter.
    case parameterCount(what: String, expected: Int, actual: Int)

    /// Whether room on the disk is what is missing.
    public var isFull: Bool {
        switch self {
        case .file(let fault): fault.isFull
        case .disk: true
        default: false
        }
    }

    public var description: String {
        switch self {
        case .missingFile(let name): "The checkpoint has no '\(name)'."
        case .file(let fault): fault.description
        case .changed(let file, let change): "'\(file)': \(change)"
        case .disk(let shortage): shortage.description
        case .tensors(let file, let reason): "'\(file)': \(reason)"
        case .configuration(let error): "'\(CheckpointFolder.configurationFile)': \(error)"
        case .unexpectedTensor(let file, let tensor):
            "'\(file)': The tensor '\(tensor)' belongs to no layer of the configured model."
        case .nonFinite(let file, let tensor, let index):
            "'\(file)': Element \(index) of the tensor '\(tensor)' is not a finite number."
        case .json(let file, nil): "'\(file)' is not the JSON that it should be."
        case .json(let file, let line?): "'\(file)': Line \(line) is not the JSON that it should be."
        case .parameterCount(let what, let expected, let actual):
            "There are \(actual) numbers of \(what); expected \(expected)."
        }
    }
}
