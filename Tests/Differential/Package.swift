// swift-tools-version: 6.2
import PackageDescription

/// The HTTP layer again, beside SwiftNIO's. `Modules` links to the sources, so that the main package neither knows SwiftNIO
/// nor publishes its modules.
let types = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")

let package = Package(
    name: "latentd-differential",
    dependencies: [
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .target(name: "CLinux", path: "Modules/CLinux"),
        .target(
            name: "COpenSSL", path: "Modules/COpenSSL",
            linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(
            name: "Sockets", dependencies: ["CLinux", "COpenSSL"], path: "Modules/Sockets", exclude: ["README.md"]),
        .target(name: "HTTP", dependencies: ["Sockets", types], path: "Modules/HTTP", exclude: ["README.md"]),
        .testTarget(
            name: "DifferentialTests",
            dependencies: [
                "HTTP", types,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ], path: "DifferentialTests"),
    ],
    swiftLanguageModes: [.v6]
)

// As in the main package: the gate sets this.
if Context.environment["LATENTD_WARNINGS_AS_ERRORS"] == "1" {
    for target in package.targets {
        target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
        target.cSettings = (target.cSettings ?? []) + [.treatAllWarnings(as: .error)]
    }
}
