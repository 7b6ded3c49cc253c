import Digests
import Foundation
import HTTP
import HTTPTypes

/// Why the page cannot be served.
public enum StaticFilesError: Error, Equatable, CustomStringConvertible {
    case unreadable(folder: String)
    case tooLarge(folder: String, limit: Int)

    public var description: String {
        switch self {
        case .unreadable(let folder): "The page's folder '\(folder)' cannot be read."
        case .tooLarge(let folder, let limit): "The page's folder '\(folder)' holds more than \(limit) bytes."
        }
    }
}

/// The page's files, listed and read once: a request can name only what is in this list, and never makes a path.
struct StaticFiles: Sendable {
    struct File: Sendable {
        let contentType: String
        let tag: String
        let bytes: [UInt8]

        func response(to request: Request) -> Response {
            var fields: HTTPFields = [
                .eTag: tag, .cacheControl: "no-cache", .xContentTypeOptions: "nosniff",
                .contentSecurityPolicy: "default-src 'self'; img-src 'self' blob: data:",
            ]
            if let known = request.fields[.ifNoneMatch], matches(known) {
                return Response(status: .notModified, fields: fields)
            }
            fields[.contentType] = contentType
            return Response(fields: fields, body: bytes)
        }

        /// RFC 9110 §13.1.2: a list of tags compared weakly, or `*`.
        private func matches(_ list: String) -> Bool {
            list.split(separator: ",").contains { part in
                let candidate = part.trimmingSpaces()
                return candidate == "*" || candidate == tag || candidate == "W/\(tag)"
            }
        }
    }

    /// By the path that asks for it, such as `/styles/base.css`; `/` is `index.html`.
    let files: [String: File]

    static let limit = 64 << 20

    /// Files of unknown types, hidden ones and links are left out.
    private static let contentTypes = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "json": "application/json", "svg": "image/svg+xml", "png": "image/png", "ico": "image/x-icon",
        "txt": "text/plain; charset=utf-8", "woff2": "font/woff2",
    ]

    init(directory: URL) throws(StaticFilesError) {
        let folder = directory.path
        let directory = directory.resolvingSymlinksInPath()  // a link to the folder itself is meant
        let keys: [URLResourceKey] = [.isRegularFileKey, .isSymbolicLinkKey]
        let manager = FileManager.default
        var isFolder: ObjCBool = false
        guard manager.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue,
            let names = manager.enumerator(atPath: directory.path)
        else { throw .unreadable(folder: folder) }
        var files: [String: File] = [:]
        var total = 0
        for case let name as String in names {
            let url = directory.appendingPathComponent(name)
            guard !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }),
                let type = Self.contentTypes[url.pathExtension.lowercased()],
                let values = try? url.resourceValues(forKeys: Set(keys)), values.isRegularFile == true,
                values.isSymbolicLink != true
            else { continue }
            guard let data = try? Data(contentsOf: url), let digest = try? SHA256.hash(Array(data)) else {
                throw .unreadable(folder: folder)
            }
            total += data.count
            guard total <= Self.limit else { throw .tooLarge(folder: folder, limit: Self.limit) }
            let file = File(contentType: type, tag: "\"\(digest.hexadecimal.prefix(32))\"", bytes: Array(data))
            files["/\(name)"] = file
            if name == "index.html" { files["/"] = file }
        }
        self.files = files
    }
}
