/// Labels by the folders that files were in: numbers where all of them are, else their places in the sorted names.
struct FolderLabels {
    /// One label a file; nil where the files of a part are in no folder.
    let train: [UInt8]?
    let test: [UInt8]?
    /// What the labels stand for; nil where they are numbers.
    let names: [String]?

    /// Throws `UploadError.unusableLabel` and `.tooManyLabels`.
    init(_ train: [UploadedFile], _ test: [UploadedFile]) throws(UploadError) {
        let (learned, judged) = (try Self.folders(train), try Self.folders(test))
        let all = Set((learned ?? []) + (judged ?? []))
        let numbers = all.filter { text in
            Int(text).map { UploadError.labels.contains($0) && "\($0)" == text } ?? false
        }
        let isNumbered = numbers.count == all.count
        let names = isNumbered ? [] : all.sorted()
        guard names.count <= UploadError.labels.count else {
            throw .tooManyLabels(limit: UploadError.labels.count, actual: names.count)
        }
        let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, UInt8($0)) })
        func labels(_ folders: [String]?) -> [UInt8]? {
            folders?.map { (isNumbered ? UInt8($0) : places[$0]) ?? 0 }
        }
        (self.train, self.test) = (labels(learned), labels(judged))
        self.names = isNumbered ? nil : names
    }

    /// Either all files of a part are in a folder or none is.
    private static func folders(_ files: [UploadedFile]) throws(UploadError) -> [String]? {
        guard let first = files.first else { return nil }
        let isLabelled = first.name.utf8.contains(0x2F)
        var folders: [String] = []
        for file in files {
            let parts = file.name.split(separator: "/", omittingEmptySubsequences: false)
            guard isLabelled else {
                guard parts.count == 1 else {
                    throw .unusableLabel(file: file.name, expected: "no folder, as '\(first.name)' has none")
                }
                continue
            }
            guard parts.count == 2, !parts[1].isEmpty, (1...64).contains(parts[0].utf8.count) else {
                throw .unusableLabel(file: file.name, expected: "a name of the form LABEL/FILE, 1 to 64 bytes of label")
            }
            folders.append(String(parts[0]))
        }
        return isLabelled ? folders : nil
    }
}
