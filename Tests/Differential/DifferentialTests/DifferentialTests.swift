import Testing

/// What we accept, SwiftNIO accepts with the same meaning, but for what two tables say and excuse.
@Suite("Beside SwiftNIO's decoder")
struct DifferentialTests {
    @Test("a row stands as it says", arguments: ComparedRow.all)
    func row(_ row: ComparedRow) {
        let verdict = judge(row.bytes)
        #expect(verdict.relation == row.relation, "\(verdict)")
    }

    @Test("all rows, cut at every byte")
    func rows() {
        var tally = Tally()
        for row in ComparedRow.all { tally.add(row.bytes, name: row.name, cuts: Cuts.all(row.bytes)) }
        for row in allParserCases {
            let bytes = Array(row.text.utf8)
            tally.add(bytes, name: row.name, cuts: Cuts.all(bytes))
        }
        tally.report("rows")
        // No excuse and no permission without a row that needs it.
        #expect(Set(tally.known.keys) == Set(KnownDifference.all.map(\.name)))
        #expect(Set(tally.refusedByUs.keys) == Set(Strictness.all.map(\.fault.title)))
    }

    @Test("the fuzzer's seeds, cut at every byte")
    func corpus() throws {
        var tally = Tally()
        for (name, bytes) in try Inputs.corpus() { tally.add(bytes, name: name, cuts: Cuts.all(bytes)) }
        tally.report("fuzzer's seeds")
        #expect(tally.inputs > 15)
    }

    @Test("legal requests mean what they were made to mean")
    func generated() async {
        let tally = await Inputs.inTurns { seed, tally in
            var generator = RequestGenerator(seed: seed)
            for _ in 0..<Inputs.rounds {
                let (bytes, meaning) = generator.connection()
                let ours = readByOurs([bytes])
                if ours != meaning { tally.fail("\(quoted(bytes)) is \(meaning), we read \(ours)") }
                tally.add(bytes, cuts: [Cuts.some(bytes, &generator.random)])
            }
        }
        tally.report("generated")
        #expect(tally.accepted == tally.inputs)
        #expect(tally.same > tally.inputs / 2)
    }

    @Test("harmed requests")
    func mutated() async {
        let tally = await Inputs.inTurns { seed, tally in
            var generator = RequestGenerator(seed: seed)
            var mutation = Mutation(seed: ~seed)
            for _ in 0..<Inputs.rounds * 2 {
                let bytes = mutation.mutate(generator.connection().bytes)
                tally.add(bytes, cuts: [Cuts.some(bytes, &mutation.random)])
            }
        }
        tally.report("mutated")
        // Neither too tame nor too wild to say anything.
        #expect(tally.accepted > tally.inputs / 4)
        #expect(tally.refusedByBoth.values.reduce(0, +) > tally.inputs / 4)
        #expect(tally.refusedByBoth.count > 12)
    }
}
