/// The shortest input found, by leaving out pieces, that still fails in the same way.
func shrink(_ bytes: [UInt8], while fails: ([UInt8]) -> Bool) -> [UInt8] {
    var best = bytes
    var size = max(1, bytes.count / 2)
    while true {
        var start = 0
        var hasShrunk = false
        while start < best.count {
            var candidate = best
            candidate.removeSubrange(start..<min(best.count, start + size))
            if fails(candidate) {
                best = candidate
                hasShrunk = true
            } else {
                start += size
            }
        }
        if size == 1, !hasShrunk { return best }
        size = max(1, size / 2)
    }
}
