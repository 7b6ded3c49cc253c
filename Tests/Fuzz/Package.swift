// swift-tools-version: 6.2
import PackageDescription

/// The HTTP layer again, compiled for coverage-guided fuzzing. `Modules` links to the sources, so that the main package
/// neither knows the fuzzer nor publishes its modules.
let instrumented: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer,address"])]
let types = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")

let package = Package(
    name: "latentd-fuzz",
    dependencies: [.package(url: "https://github.com/apple/swift-http-types", from: "1.8.0")],
    targets: [
        .target(name: "CLinux", path: "Modules/CLinux"),
        .target(
            name: "COpenSSL", path: "Modules/COpenSSL",
            linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(
            name: "Sockets", dependencies: ["CLinux", "COpenSSL"], path: "Modules/Sockets", exclude: ["README.md"],
            swiftSettings: instrumented),
        .target(
            name: "HTTP", dependencies: ["Sockets", types], path: "Modules/HTTP", exclude: ["README.md"],
            swiftSettings: instrumented),
        .executableTarget(
            name: "FuzzRequests", dependencies: ["HTTP", "Sockets"],
            swiftSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-parse-as-library"])],
            // gold warns of every symbol of the sanitizer.
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
    ],
    swiftLanguageModes: [.v6]
)
