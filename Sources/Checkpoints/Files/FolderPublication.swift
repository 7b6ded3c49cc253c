import Foundation
import Glibc

/// Publishes a folder of files by one rename: everything is written and synced under a hidden name beside it first.
enum FolderPublication {
    enum Conflict {
        /// A folder that is there already stays, and the publication fails.
        case refuse
        /// A folder that is there already is exchanged for the new one and removed.
        case replace
    }

    /// - Parameters:
    ///   - files: content by path inside the folder; folders in the paths are made.
    ///   - destination: the folder's path; its parent is made where it is missing.
    static func publish(
        _ files: [(path: String, bytes: [UInt8])], to destination: String, onConflict conflict: Conflict
    ) throws(FileFault) {
        let (parent, name) = split(destination)
        try makeFolders(parent)
        removeLeftovers(of: name, in: parent)
        let scratch = "\(parent)/.\(name).\(DurableFile.scratchSuffix()).partial"
        do throws(FileFault) {
            guard mkdir(scratch, 0o755) == 0 else { throw FileFault(.create, name: name, code: errno) }
            for folder in Set(files.map { split($0.path).parent }) where folder != "." {
                try makeFolders("\(scratch)/\(folder)", reportedAs: folder)
            }
            for file in files {
                try DurableFile.writeInPlace(file.bytes, to: file.path, reportedAs: file.path, in: scratch)
            }
            try publishPrepared(scratch, to: destination, onConflict: conflict)
        } catch {
            try? remove(scratch)
            throw error
        }
    }

    /// Moves a complete, hidden folder of the same parent to its place; its files are on the disk already.
    static func publishPrepared(
        _ scratch: String, to destination: String, onConflict conflict: Conflict
    ) throws(FileFault) {
        let (parent, name) = split(destination)
        for folder in try [scratch] + subfolders(scratch) {
            try DurableFile.synchroniseFolder(folder, reportedAs: name)
        }
        // A folder with files in it is never overwritten by a rename.
        if rename(scratch, destination) == 0 {
            try DurableFile.synchroniseFolder(parent, reportedAs: name)
            return
        }
        guard errno == EEXIST || errno == ENOTEMPTY, conflict == .replace else {
            throw FileFault(.rename, name: name, code: errno)
        }
        try exchange(scratch, destination, parent: parent, name: name)
        try DurableFile.synchroniseFolder(parent, reportedAs: name)
        try? remove(scratch)  // what was published before; a failure costs disk space, not correctness
    }

    /// Lets two folders change their places in one step, or in two where the file system cannot do it in one.
    private static func exchange(
        _ scratch: String, _ destination: String, parent: String, name: String
    ) throws(FileFault) {
        // Swift's overlay does not import the function, since it needs a feature macro.
        typealias RenameAt2 =
            @convention(c) (CInt, UnsafePointer<CChar>, CInt, UnsafePointer<CChar>, CUnsignedInt) -> CInt
        let exchangeFlag: CUnsignedInt = 2
        if let symbol = dlsym(nil, "renameat2") {
            let renameAt2 = unsafeBitCast(symbol, to: RenameAt2.self)
            if renameAt2(AT_FDCWD, scratch, AT_FDCWD, destination, exchangeFlag) == 0 { return }
            guard errno == EINVAL || errno == ENOSYS else { throw FileFault(.rename, name: name, code: errno) }
        }
        let former = "\(parent)/.\(name).\(DurableFile.scratchSuffix()).partial"
        guard rename(destination, former) == 0 else { throw FileFault(.rename, name: name, code: errno) }
        guard rename(scratch, destination) == 0 else {
            let reason = errno
            rename(former, destination)
            throw FileFault(.rename, name: name, code: reason)
        }
        rename(former, scratch)
    }

    /// Removes what a killed publication of the same name has left. A folder has one writer at a time.
    static func removeLeftovers(of name: String, in parent: String) {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for entry in entries where entry.hasPrefix(".\(name).") && entry.hasSuffix(".partial") {
            try? remove("\(parent)/\(entry)")
        }
    }

    /// The names in a folder, sorted; those of half-written things start with a dot and are left out.
    static func list(_ folder: String) throws(FileFault) -> [String] {
        guard let stream = opendir(folder) else { throw FileFault(.list, name: split(folder).name, code: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func remove(_ folder: String) throws(FileFault) {
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            if access(folder, F_OK) != 0 { return }
            throw FileFault(.remove, name: split(folder).name, code: errno)
        }
    }

    static func removeIfEmpty(_ folder: String) { rmdir(folder) }

    /// Makes a folder and the missing ones above it, each safely on the disk.
    static func makeFolders(_ path: String, reportedAs name: String? = nil) throws(FileFault) {
        if isFolder(path) { return }
        let (parent, ownName) = split(path)
        if parent != path { try makeFolders(parent, reportedAs: name) }
        guard mkdir(path, 0o755) == 0 || isFolder(path) else {
            throw FileFault(.create, name: name ?? ownName, code: errno == EEXIST ? ENOTDIR : errno)
        }
        try DurableFile.synchroniseFolder(parent, reportedAs: name ?? ownName)
    }

    static func split(_ path: String) -> (parent: String, name: String) {
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        guard let slash = path.lastIndex(of: "/") else { return (".", String(path)) }
        let parent = path[..<slash]
        return (parent.isEmpty ? "/" : String(parent), String(path[path.index(after: slash)...]))
    }

    private static func subfolders(_ folder: String) throws(FileFault) -> [String] {
        try list(folder).map { "\(folder)/\($0)" }.filter(isFolder)
    }
}
