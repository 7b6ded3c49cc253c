import Digests
import Foundation
import HTTP
import HTTPTypes
import Images

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
        /// The same as gzip, where that is worth it.
        let gzip: [UInt8]?
        let compression: Compression

        func response(to request: Request) -> Response {
            let coded = gzip.flatMap { compression.applies(to: request) ? $0 : nil }
            // Other bytes, so another tag (RFC 9110 §8.8.3.3).
            let tag = "\"\(coded == nil ? tag : tag + "-gzip")\""
            var fields: HTTPFields = [
                .eTag: tag, .cacheControl: "no-cache", .xContentTypeOptions: "nosniff",
                .contentSecurityPolicy: "default-src 'self'; img-src 'self' blob: data:",
            ]
            if gzip != nil { fields[.vary] = "Accept-Encoding" }
            if let known = request.fields[.ifNoneMatch], Self.names(tag, in: known) {
                return Response(status: .notModified, fields: fields)
            }
            fields[.contentType] = contentType
            if coded != nil { fields[.contentEncoding] = "gzip" }
            return Response(fields: fields, body: coded ?? bytes)
        }

        /// RFC 9110 §13.1.2: a list of tags compared weakly, or `*`.
        private static func names(_ tag: String, in list: String) -> Bool {
            list.split(separator: ",").contains { part in
                let candidate = part.trimmingSpaces()
                return candidate == "*" || candidate == tag || candidate == "W/\(tag)"
            }
        }
    }

    /// By the path that asks for it, such as `/styles/base.css`; pages have a shorter one as well.
    let files: [String: File]

    private static let pages = ["index.html": "/", "docs.html": "/docs"]

    static let limit = 64 << 20

    /// Files of unknown types, hidden ones and links are left out.
    private static let contentTypes = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "json": "application/json", "svg": "image/svg+xml", "png": "image/png", "ico": "image/x-icon",
        "txt": "text/plain; charset=utf-8", "woff2": "font/woff2",
    ]

    init(directory: URL, compression: Compression = .off) throws(StaticFilesError) {
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
            let bytes = Array(data)
            let file = File(
                contentType: type, tag: String(digest.hexadecimal.prefix(32)), bytes: bytes,
                gzip: compression == .off ? nil : Self.gzip(bytes, type), compression: compression)
            files["/\(name)"] = file
            if let path = Self.pages[name] { files[path] = file }
        }
        self.files = files
    }

    /// nil where it saves less than a tenth.
    private static func gzip(_ bytes: [UInt8], _ type: String) -> [UInt8]? {
        guard Compression.isCompressible(type), bytes.count > Compression.threshold,
            let coded = try? Gzip.deflate(bytes), coded.count < bytes.count / 10 * 9
        else { return nil }
        return coded
    }
}
