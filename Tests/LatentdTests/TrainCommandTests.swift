import ArgumentParser
import Testing

@testable import latentd

@Suite struct TrainCommandTests {
    /// A flag that would be passed over in silence is an error.
    @Test(arguments: [
        (["--resume"], true), (["--resume", "--threads", "2"], true), (["--resume", "--epochs", "9"], false),
        (["--resume", "--preset", "mnist-2d"], false), (["--resume", "--dataset", "mnist"], false),
        (["--resume", "--name", "other"], false), (["--resume", "--schedule", "linear"], false),
        (["--preset", "mnist-2d", "--dataset", "mnist"], true), (["--preset", "mnist-2d"], false),
        (["--dataset", "mnist"], false), (["--preset", "a", "--model", "b", "--dataset", "mnist"], false),
    ])
    func flagsThatExcludeEachOther(flags: [String], isTaken: Bool) {
        let arguments = flags + ["--output", "out"]
        if isTaken {
            #expect(throws: Never.self) { try TrainCommand.parse(arguments) }
        } else {
            #expect(throws: (any Error).self) { try TrainCommand.parse(arguments) }
        }
    }

    @Test(arguments: [
        (["latentd", "train", "--output", "runs/mnist-2d"], "latentd train --output runs/mnist-2d"),
        (["latentd", "--output", "my runs/it's"], #"latentd --output 'my runs/it'\''s'"#),
        (["a", "", "$x"], "a '' '$x'"),
    ])
    func aCommandCanBeTypedAgain(arguments: [String], text: String) {
        #expect(ShellText.command(arguments) == text)
    }
}
