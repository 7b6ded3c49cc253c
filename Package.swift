// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// oneDNN, as LATENTD_ONEDNN asks for it: unset, the system's if it has one; `off`, none; a prefix's absolute path, that.
/// Without it the program runs on kernels of its own.
struct OneDNN {
    var cSettings: [CSetting] = []
    var linkerSettings: [LinkerSetting] = [.linkedLibrary("dnnl")]

    static let none = OneDNN(cSettings: [.define("LATENTD_WITHOUT_ONEDNN")], linkerSettings: [])

    static func requested(_ request: String?) -> OneDNN {
        switch request {
        case nil, "": ["/usr", "/usr/local"].contains(where: hasHeader) ? OneDNN() : none
        case "off": none
        case let prefix?: installed(in: prefix)
        }
    }

    private static func installed(in prefix: String) -> OneDNN {
        let library = ["lib", "lib64"].map { "\(prefix)/\($0)" }.first { exists("\($0)/libdnnl.so") }
        guard prefix.hasPrefix("/"), hasHeader(prefix), let library else {
            let message =
                "LATENTD_ONEDNN is '\(prefix)': neither 'off' nor the absolute path of a prefix with "
                + "include/oneapi/dnnl/dnnl.h and lib/libdnnl.so or lib64/libdnnl.so\n"
            FileHandle.standardError.write(Data(message.utf8))
            exit(1)
        }
        return OneDNN(
            cSettings: [.unsafeFlags(["-I\(prefix)/include"])],
            linkerSettings: [
                .unsafeFlags(["-L\(library)", "-Xlinker", "-rpath", "-Xlinker", library]), .linkedLibrary("dnnl"),
            ])
    }

    private static func hasHeader(_ prefix: String) -> Bool { exists("\(prefix)/include/oneapi/dnnl/dnnl.h") }
    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}

let oneDNN = OneDNN.requested(Context.environment["LATENTD_ONEDNN"])
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// A module with the README that every module has.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: ["README.md"])
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude)
}

let package = Package(
    name: "latentd",
    products: [.executable(name: "latentd", targets: ["latentd"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // 0: C
        .target(name: "CLinux"),
        .target(
            name: "COneDNN", exclude: ["README.md"], cSettings: oneDNN.cSettings,
            linkerSettings: oneDNN.linkerSettings),
        .target(name: "CKernels", exclude: ["README.md"]),
        .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "CPNG", linkerSettings: [.linkedLibrary("png")]),
        .systemLibrary(name: "CZlib"),
        // 1
        module("Tensors", ["CKernels"]),
        module("Digests", ["COpenSSL"]),
        module("Sockets", ["CLinux", "COpenSSL"]),
        module("Images", ["CPNG", "CZlib"]),
        // 2
        module("Kernels", ["CKernels", "COneDNN", "Tensors"]),
        module("HTTP", ["Sockets", httpTypes]),
        // 3
        module("Autoencoders", ["Kernels", "Tensors"]),
        module("Datasets", ["Digests", "Images", "Tensors"]),
        // 4
        module("Checkpoints", ["Autoencoders", "CLinux", "Kernels", "Tensors"]),
        module("LatentSpace", ["Autoencoders", "Tensors"]),
        // 5
        module("Training", ["Autoencoders", "Checkpoints", "Datasets", "Kernels", "LatentSpace", "Tensors"]),
        module("Jobs", ["CLinux", grdb, logging]),
        // 6
        module(
            "Serving",
            [
                "Autoencoders", "CKernels", "Checkpoints", "Datasets", "Digests", "HTTP", "Images", "Jobs",
                "LatentSpace", "Tensors", httpTypes, logging,
            ]),
        // 7
        .executableTarget(
            name: "latentd",
            dependencies: [
                "Autoencoders", "Checkpoints", "CLinux", "Datasets", "HTTP", "Jobs", "Kernels", "Serving", "Sockets",
                "Tensors", "Training", argumentParser, logging, yams,
            ], exclude: ["README.md"]),

        .testTarget(name: "ArchitectureTests"),
        tests("Tensors", ["CKernels"]),
        tests("Digests", []),
        tests("Sockets", ["CLinux"]),
        tests("Images", [], exclude: ["Fixtures"]),
        tests("Kernels", ["CKernels", "Tensors"]),
        tests("HTTP", ["CLinux", "COpenSSL", "Sockets", httpTypes]),
        tests("Autoencoders", ["Kernels", "Tensors"], exclude: ["Fixtures"]),
        tests("Datasets", ["Digests", "Images"]),
        tests("Checkpoints", ["Autoencoders", "Kernels", "Tensors"], exclude: ["Fixtures"]),
        tests("LatentSpace", ["Autoencoders", "Tensors"]),
        tests("Training", ["Autoencoders", "Checkpoints", "Datasets", "Kernels", "Tensors"]),
        tests("Jobs", ["CLinux", logging]),
        tests(
            "Serving",
            [
                "Autoencoders", "CKernels", "Checkpoints", "Datasets", "HTTP", "Images", "Jobs", "Kernels", "Tensors",
                httpTypes,
            ]),
        .testTarget(
            name: "LatentdTests",
            dependencies: [
                "latentd", "Autoencoders", "Checkpoints", "Datasets", "HTTP", "Images", "Jobs", "Kernels", "Serving",
                "Tensors", argumentParser, logging,
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// The gate sets this; a user's newer compiler may warn of what ours does not.
if Context.environment["LATENTD_WARNINGS_AS_ERRORS"] == "1" {
    for target in package.targets where target.type != .system {
        target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
        target.cSettings = (target.cSettings ?? []) + [.treatAllWarnings(as: .error)]
    }
}
