import Checkpoints
import HTTP

/// What an inference client calls a model: one of ours, and what is asked of it.
struct OIPModel: Equatable {
    enum Verb: String, CaseIterable { case encode, decode, reconstruct }

    /// As the client says it.
    let name: String
    /// The model in the repository.
    let base: String
    let verb: Verb

    /// What a name may mean, the likelier meaning first: NAME.VERB, or NAME alone, which is reconstructed.
    static func readings(of name: String) throws(ServiceError) -> [OIPModel] {
        guard isUsable(name) else {
            throw ServiceError(
                status: .badRequest, code: "invalid_model_name",
                message: "'\(name.prefix(80))' cannot name a model; names are 1 to 128 of A-Z, a-z, 0-9, '.', '_' and "
                    + "'-', and start with a letter or digit.", parameter: "model")
        }
        let whole = OIPModel(name: name, base: name, verb: .reconstruct)
        for verb in Verb.allCases where name.hasSuffix(".\(verb)") && name.utf8.count > verb.rawValue.utf8.count + 1 {
            return [OIPModel(name: name, base: String(name.dropLast(verb.rawValue.count + 1)), verb: verb), whole]
        }
        return [whole]
    }

    /// The names that a model has here, its own first; without those that mean another model.
    static func all(of listing: ModelListing, in repository: ModelRepository) -> [OIPModel] {
        let verbs = Verb.allCases.map {
            OIPModel(name: "\(listing.name).\($0)", base: listing.name, verb: $0)
        }
        return ([OIPModel(name: listing.name, base: listing.name, verb: .reconstruct)] + verbs).filter { model in
            (try? readings(of: model.name))?.first { repository.knows($0.base) } == model
        }
    }

    private static func isUsable(_ name: String) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        guard (1...128).contains(name.utf8.count), let first = name.utf8.first, isAlphanumeric(first) else {
            return false
        }
        return name.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
    }
}

extension Services {
    /// The name in the repository; the name itself where there is none.
    func oipBase(of name: String) -> String {
        let readings = (try? OIPModel.readings(of: name)) ?? []
        return readings.first { repository.knows($0.base) }?.base ?? name
    }

    /// The model that the path names, whether it is served or not.
    func oipModel(_ request: Request) throws -> OIPModel {
        let readings = try OIPModel.readings(of: request.pathParameters["model"] ?? "")
        if let known = readings.first(where: { repository.knows($0.base) }) { return known }
        throw ServiceError.notFound("model_not_found", "There is no model '\(readings[0].name)'.", "model")
    }

    /// The model that the path names as it is served now, of the version that the path may name.
    func servedOIPModel(_ request: Request) throws -> (name: OIPModel, model: ServedModel) {
        let name = try oipModel(request)
        let model = try self.model(named: name.base)
        if let version = request.pathParameters["version"], version != String(model.version) {
            throw ServiceError.notFound(
                "version_not_found",
                "Version '\(version.prefix(32))' of model '\(name.name)' is not served; version \(model.version) is.",
                "version")
        }
        return (name, model)
    }
}
