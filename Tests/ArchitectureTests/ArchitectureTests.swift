import Foundation
import Testing

/// Rules about the source itself, which no compiler knows.
struct ArchitectureTests {
    private static let table = (try? Checkout.text("Sources/README.md")).map(ModuleTable.init)
    private static let rows = table?.rows ?? []

    @Test("the table names every module, once")
    func tableIsWhole() throws {
        #expect(Self.rows.map(\.module).sorted() == (try Checkout.folders(in: "Sources")))
    }

    @Test("the table points downwards only", arguments: rows)
    func layersPointDownwards(_ row: ModuleTable.Row) throws {
        for name in row.ours ?? [] {
            let other = try #require(Self.table?.row(name), "\(row.module) may import \(name), which is no module")
            #expect(other.layer < row.layer, "\(row.module) and \(name)")
        }
        #expect(row.others.isDisjoint(with: Self.rows.map(\.module)))
    }

    @Test(
        "a C module has the importers that know it",
        arguments: [
            ("CLinux", ["Checkpoints", "Jobs", "Sockets"]), ("COneDNN", ["Kernels"]),
            ("COpenSSL", ["Digests", "Sockets"]),
            ("CPNG", ["Images"]), ("CZlib", ["Images"]),
        ])
    func shims(_ shim: String, _ importers: [String]) {
        #expect(Self.rows.filter { $0.ours?.contains(shim) == true }.map(\.module).sorted() == importers)
    }

    @Test("tensors and kernels do without Foundation")
    func numericCore() {
        for name in ["Tensors", "Kernels"] { #expect(Self.table?.row(name)?.others == []) }
    }

    @Test("every import is one that the table allows", arguments: rows)
    func imports(_ row: ModuleTable.Row) throws {
        let ours = row.ours ?? Set(Self.rows.map(\.module).filter { $0 != row.module })
        let allowed = ours.union(row.others).union(ModuleTable.everywhere)
        for file in Checkout.files(below: "Sources/\(row.module)", extensions: ["swift"]) {
            let excess = Checkout.imports(of: try Checkout.text(file)).subtracting(allowed)
            #expect(excess.isEmpty, "\(file) imports \(excess.sorted().joined(separator: ", "))")
        }
    }

    @Test(
        "imports are found however they are written",
        arguments: [
            ("import Tensors", "Tensors"), ("@testable import HTTP", "HTTP"), ("internal import CZlib", "CZlib"),
            ("@preconcurrency public import GRDB", "GRDB"), ("    import struct Foundation.Data", "Foundation"),
            ("@_spi(Tests) import Jobs", "Jobs"),
        ])
    func importLines(_ line: String, _ module: String) {
        #expect(Checkout.imports(of: "let important = 1\n\(line)\n// import Nothing\n") == [module])
    }

    @Test("every module with Swift in it has a README", arguments: rows)
    func readmes(_ row: ModuleTable.Row) {
        guard !Checkout.files(below: "Sources/\(row.module)", extensions: ["swift"]).isEmpty else { return }
        #expect(Checkout.exists("Sources/\(row.module)/README.md"))
    }

    @Test("no Swift file has more than 350 lines")
    func lengths() throws {
        let files = ["Sources", "Tests"].flatMap { Checkout.files(below: $0, extensions: ["swift"]) }
        #expect(files.count > 100)
        for file in files {
            let lines = try Checkout.text(file).split(separator: "\n", omittingEmptySubsequences: false).count - 1
            #expect(lines <= 350, "\(file)")
        }
    }

    @Test("nothing that a user gets points outside of the checkout")
    func paths() throws {
        let folders = ["Sources", "public", "config", "deploy"].flatMap {
            Checkout.files(
                below: $0, extensions: ["swift", "c", "h", "md", "js", "css", "html", "yaml", "sh", "service"])
        }
        let outside = ["..", "shared"].joined(separator: "/")
        for file in folders + ["README.md", "CHANGELOG.md"] {
            #expect(!(try Checkout.text(file)).contains(outside), "\(file)")
        }
    }
}
