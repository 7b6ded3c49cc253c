import ArgumentParser
import Checkpoints
import Tensors
import Testing

@testable import latentd

@Suite struct ImportCommandTests {
    @Test(arguments: [
        ([], true), (["--version", "3", "--in-order", "--map", "a=b", "--map", "c=d"], true),
        (["--batch-norm-epsilon", "1e-5"], true), (["--batch-norm-epsilon", "0"], false),
        (["--batch-norm-epsilon", "nan"], false), (["--version", "three"], false), (["extra"], false),
    ])
    func flags(_ flags: [String], isTaken: Bool) {
        let arguments = ["--weights", "w", "--config", "c", "--name", "mine"] + flags
        if isTaken {
            #expect(throws: Never.self) { try ImportCommand.parse(arguments) }
        } else {
            #expect(throws: (any Error).self) { try ImportCommand.parse(arguments) }
        }
    }

    @Test func theVersionOfAnImportIsNotTheProgramsVersion() throws {
        let arguments = ["import", "--weights", "w", "--config", "c", "--name", "mine", "--version", "3"]
        let command = try #require(try Latentd.parseAsRoot(arguments) as? ImportCommand)
        #expect(command.version == 3)
    }

    @Test func theTableLinesUp() {
        let rows = [
            TensorRow(
                name: "mean.bias", source: "mu.bias", element: .float16, shape: [2], expected: [3], problem: .shape),
            TensorRow(name: "b", source: nil, element: nil, shape: nil, expected: [1, 2], problem: .missing),
            TensorRow(name: "c.bias", source: nil, element: nil, shape: nil, expected: [4], problem: nil),
        ]
        #expect(
            TensorTable(rows: rows).text == """
                tensor     expected  type  shape  from
                mean.bias  3         F16   2      mu.bias  another shape
                b          1x2       -     -      -        missing
                c.bias     4         -     -      -        absent, so 0
                """)
    }
}
