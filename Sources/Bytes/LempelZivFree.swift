// The compression of strings in Redis' files: literal runs, and copies of what came before.

/// LZF, as liblzf writes it. http://oldhome.schmorp.de/marc/liblzf.html
package enum LempelZivFree {
    /// The bytes that were compressed; nil if they are not so many, or cannot be read.
    package static func expand(_ input: ByteView, to count: Int) -> [UInt8]? {
        // A byte becomes 264 at most.
        guard count >= 0, count / 264 <= input.count else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(count)
        var position = 0
        while position < input.count {
            let control = Int(input[position])
            position += 1
            if control < 32 {
                let end = position + control + 1
                guard end <= input.count, output.count + control + 1 <= count else { return nil }
                for index in position..<end { output.append(input[index]) }
                position = end
                continue
            }
            var length = control >> 5
            if length == 7 {
                guard position < input.count else { return nil }
                length += Int(input[position])
                position += 1
            }
            guard position < input.count else { return nil }
            let distance = ((control & 31) << 8) + Int(input[position]) + 1
            position += 1
            length += 2
            guard distance <= output.count, output.count + length <= count else { return nil }
            // Byte by byte: a copy may reach into what it writes.
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
        return output.count == count ? output : nil
    }
}
