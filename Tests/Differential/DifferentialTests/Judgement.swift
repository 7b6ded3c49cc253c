import HTTP

/// What is held of one input, in the end.
enum Verdict: Equatable {
    case same
    case bothRefuse(HTTPFault)
    /// We refuse by a rule of `Strictness` what SwiftNIO does not.
    case stricter(HTTPFault)
    /// The readings differ by causes that are known, by name, and by nothing else.
    case known(Set<String>)
    case wrong(Outcome)
}

/// Holds one input to the property: what we accept, SwiftNIO accepts with the same meaning.
func judge(_ bytes: [UInt8]) -> Verdict { judge(bytes, Readings([bytes])) }

func judge(_ bytes: [UInt8], _ readings: Readings) -> Verdict {
    if let verdict = verdict(bytes, readings) ?? excuse(bytes, readings.ours) { return verdict }
    let ended = endingLine(bytes)
    if readings.ours.ending == .inside, let verdict = excuse(ended, readByOurs([ended])) { return verdict }
    return .wrong(readings.outcome)
}

/// The verdict that takes no excuse, if there is one.
private func verdict(_ bytes: [UInt8], _ readings: Readings) -> Verdict? {
    for later in [theirLateRefusal(bytes, readings), readings, ourLateRefusal(bytes, readings)] {
        if let later, let verdict = settle(later.outcome) { return verdict }
    }
    return nil
}

private func settle(_ outcome: Outcome) -> Verdict? {
    switch outcome {
    case .same: .same
    case .bothRefuse(let fault): .bothRefuse(fault)
    case .stricter(let fault): Strictness.allows(fault) ? .stricter(fault) : nil
    case .differs: nil
    }
}

/// Takes out the causes that are known, one kind after the other, until the readings agree; nil if they never do.
private func excuse(_ bytes: [UInt8], _ ours: Reading<HTTPFault>) -> Verdict? {
    var lines = Line.split(bytes)
    var names: Set<String> = []
    for known in KnownDifference.all where remedy(known, &lines, ours) {
        names.insert(known.name)
        let rest = Line.join(lines)
        if verdict(rest, Readings([rest])) != nil { return .known(names) }
    }
    return nil
}

/// Whether the cause was found somewhere. What we read may lose or gain no more by it than a field.
private func remedy(_ known: KnownDifference, _ lines: inout [Line], _ ours: Reading<HTTPFault>) -> Bool {
    var found = false
    var index = 0
    while index < lines.count {
        var candidate = lines
        let remedied = known.remedy(lines, index)
        if let remedied { candidate.replaceSubrange(index...index, with: remedied) }
        if let remedied, readByOurs([Line.join(candidate)]).withoutFields == ours.withoutFields {
            lines = candidate
            found = true
            index += remedied.count
        } else {
            index += 1
        }
    }
    return found
}

extension Reading {
    fileprivate var withoutFields: Self {
        var reading = self
        for index in reading.requests.indices { reading.requests[index].fields = [] }
        reading.open?.fields = []
        return reading
    }
}
