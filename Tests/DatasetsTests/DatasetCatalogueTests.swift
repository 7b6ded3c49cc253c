import Datasets
import Foundation
import Images
import Testing

@Suite struct DatasetCatalogueTests {
    @Test func aFolderIsADataset() throws {
        let folder = try TemporaryFolder()
        try TestDataset.write(to: folder, "tiny/")
        let catalogue = DatasetCatalogue(dataDirectories: [folder.url], systemDirectories: [])
        #expect(catalogue.names() == ["tiny"])
        let dataset = try catalogue.dataset(named: "tiny")
        #expect(dataset.train.count == 5)
        #expect(dataset[.test].count == 2)
        #expect(dataset.shape == (try PictureShape(channels: 1, height: 2, width: 3)))
        #expect(dataset.train.labelCounts == [1, 1, 0, 3])
        #expect(try dataset.test.image(at: 1).samples == [10, 11, 12, 13, 14, 15])
    }

    @Test(arguments: [
        ("train-images-idx3-ubyte", "t10k-images-idx3-ubyte"),
        ("train-images.idx3-ubyte", "t10k-images.idx3-ubyte"),
        ("train-images-idx3-ubyte.gz", "test-images.idx3-ubyte.gz"),
    ])
    func otherNamesOfTheFilesAreKnownAndLabelsMayBeMissing(train: String, test: String) throws {
        let folder = try TemporaryFolder()
        for (name, count) in [(train, 3), (test, 1)] {
            let bytes = try TestDataset.images(count)
            try folder.write(name.hasSuffix(".gz") ? Gzip.deflate(bytes) : bytes, "x/\(name)")
        }
        let dataset = try DatasetCatalogue(dataDirectories: [folder.url], systemDirectories: []).dataset(named: "x")
        #expect(dataset.train.count == 3)
        #expect(dataset.train.labels == nil)
    }

    @Test func theFilesMayLieDirectlyInADataFolder() throws {
        let folder = try TemporaryFolder()
        try TestDataset.write(to: folder)
        let catalogue = DatasetCatalogue(dataDirectories: [folder.url], systemDirectories: [])
        #expect(catalogue.names() == [folder.url.lastPathComponent])
        #expect(try catalogue.dataset(named: "mnist").name == "mnist")
        #expect(throws: DatasetError.noSuchDataset(name: "other", available: catalogue.names())) {
            try catalogue.dataset(named: "other")
        }
    }

    @Test func theUsersFolderComesFirst() throws {
        let (data, state, system) = (try TemporaryFolder(), try TemporaryFolder(), try TemporaryFolder())
        try TestDataset.write(to: system, "a/")
        try TestDataset.write(to: state, "datasets/a/")
        try TestDataset.write(to: state, "datasets/b/")
        try TestDataset.write(to: system, "c/")
        try TestDataset.write(to: data, "a/")
        let catalogue = DatasetCatalogue(
            dataDirectories: [data.url], stateDirectory: state.url, systemDirectories: [system.url])
        #expect(catalogue.descriptions().map(\.name) == ["a", "b", "c"])
        #expect(catalogue.descriptions().map(\.source) == [.dataDirectory, .state, .system])
    }

    @Test(arguments: ["..", "../tiny", "tiny/", "/etc", "", "tiny\u{0}", ".hidden"])
    func aNameNeverLeadsOutOfTheFolders(name: String) throws {
        let folder = try TemporaryFolder()
        try TestDataset.write(to: folder, "inner/tiny/")
        try TestDataset.write(to: folder, "inner/.hidden/")
        let catalogue = DatasetCatalogue(
            dataDirectories: [folder.url.appendingPathComponent("inner")], systemDirectories: [])
        #expect(throws: DatasetError.noSuchDataset(name: name, available: ["tiny"])) {
            try catalogue.dataset(named: name)
        }
    }

    @Test func labelsOfAnotherCountAreRefused() throws {
        let folder = try TemporaryFolder()
        try TestDataset.write(to: folder, "tiny/")
        try folder.write(TestDataset.labels([1, 2, 3]), "tiny/train-labels-idx1-ubyte")
        let catalogue = DatasetCatalogue(dataDirectories: [folder.url], systemDirectories: [])
        let expected = DatasetError.labelCountMismatch(split: "tiny train", images: 5, labels: 3)
        #expect(throws: expected) { try catalogue.dataset(named: "tiny") }
        #expect(throws: expected) { try catalogue.description(ofDatasetNamed: "tiny") }
        #expect(catalogue.descriptions().isEmpty)
    }

    @Test func anUnsoundFileIsNamed() throws {
        let folder = try TemporaryFolder()
        try TestDataset.write(to: folder, "tiny/")
        try folder.write(Array(TestDataset.images(2).dropLast()), "tiny/t10k-images-idx3-ubyte")
        let catalogue = DatasetCatalogue(dataDirectories: [folder.url], systemDirectories: [])
        #expect(
            throws: DatasetError.unsoundFile(
                dataset: "tiny", reason: .truncated(file: "t10k-images-idx3-ubyte", expected: 28, actual: 27))
        ) { try catalogue.dataset(named: "tiny") }
    }

    @Test func partsOfDifferentShapesAreRefused() throws {
        let folder = try TemporaryFolder()
        try TestDataset.write(to: folder, "tiny/")
        let wide = try IDXFile(dimensions: [2, 1, 3], elements: [1, 2, 3, 4, 5, 6]).bytes
        try folder.write(wide, "tiny/t10k-images-idx3-ubyte")
        let catalogue = DatasetCatalogue(dataDirectories: [folder.url], systemDirectories: [])
        let expected = DatasetError.shapesDiffer(
            dataset: "tiny", train: try PictureShape(channels: 1, height: 2, width: 3),
            test: try PictureShape(channels: 1, height: 1, width: 3))
        #expect(throws: expected) { try catalogue.dataset(named: "tiny") }
    }

    @Test func colourImagesBecomeChannelsFirst() throws {
        let folder = try TemporaryFolder()
        let image = try IDXFile(dimensions: [1, 1, 2, 3], elements: [1, 2, 3, 4, 5, 6]).bytes
        try folder.write(image, "rgb/train-images-idx4-ubyte")
        try folder.write(image, "rgb/t10k-images-idx4-ubyte")
        let dataset = try DatasetCatalogue(dataDirectories: [folder.url], systemDirectories: []).dataset(named: "rgb")
        #expect(dataset.shape == (try PictureShape(channels: 3, height: 1, width: 2)))
        #expect(dataset.train.pixels == [1, 4, 2, 5, 3, 6])
        #expect(try dataset.train.image(at: 0).samples == [1, 2, 3, 4, 5, 6])
    }

    @Test func aReplacedFileIsReadAgain() throws {
        let folder = try TemporaryFolder()
        try TestDataset.write(to: folder, "tiny/")
        let catalogue = DatasetCatalogue(dataDirectories: [folder.url], systemDirectories: [])
        #expect(try catalogue.dataset(named: "tiny").train.count == 5)
        try folder.write(TestDataset.images(4), "tiny/train-images-idx3-ubyte")
        try folder.write(TestDataset.labels([0, 0, 0, 0]), "tiny/train-labels-idx1-ubyte")
        #expect(try catalogue.dataset(named: "tiny").train.count == 4)
    }

    @Test func aDescriptionNamesNoPath() throws {
        let folder = try TemporaryFolder()
        try TestDataset.write(to: folder, "tiny/")
        let catalogue = DatasetCatalogue(dataDirectories: [folder.url], systemDirectories: [])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(
            decoding: try encoder.encode(catalogue.description(ofDatasetNamed: "tiny")), as: UTF8.self)
        #expect(
            json == #"{"name":"tiny","shape":{"channels":1,"height":2,"width":3},"source":"data_dir","#
                + #""splits":[{"count":5,"label_counts":[1,1,0,3],"name":"train"},"#
                + #"{"count":2,"label_counts":[1,1],"name":"test"}],"title":"tiny"}"#)
    }
}
