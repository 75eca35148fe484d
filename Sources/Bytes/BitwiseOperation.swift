// Bit by bit AND, OR, XOR and the rest over several strings of bytes, as BITOP does it.
import Platform

/// https://redis.io/docs/latest/commands/bitop/
package enum BitwiseOperation {
    case and, or, xor, not
    /// In the first and in none of the others.
    case difference
    /// In one of the others and not in the first.
    case reverseDifference
    /// In the first and in one of the others.
    case andOr
    /// In exactly one.
    case one

    /// The result is made piece by piece, each small enough to stay in the first level cache while the sources pass.
    private static var pieceBytes: Int { 4096 }

    /// Writes the result over the sources, which are taken to be followed by zeros, to `count` bytes at `target`.
    ///
    /// - Precondition: `target` is writable and overlaps no source; there is a source, and only one for `not`.
    @unsafe
    package func combine(_ sources: [ByteView], to target: UnsafeMutableRawPointer, count: Int) {
        precondition(!sources.isEmpty, "no source")
        let spare = unsafe Allocator.allocate(Self.pieceBytes)
        var start = 0
        while start < count {
            let length = min(Self.pieceBytes, count - start)
            unsafe combine(sources, from: start, to: Piece(target + start, length), spare: Piece(spare, length))
            start += length
        }
        unsafe Allocator.deallocate(spare, size: Self.pieceBytes)
    }

    private func combine(_ sources: [ByteView], from start: Int, to target: Piece, spare: Piece) {
        let first = sources[0].dropFirst(start)
        let others = sources.dropFirst()
        switch self {
        case .and:
            target.copy(first)
            for other in others {
                target.merge(other.dropFirst(start)) { $0 & $1 }
                target.clear(from: other.dropFirst(start).count)
            }
        case .or:
            target.copy(first)
            for other in others { target.merge(other.dropFirst(start)) { $0 | $1 } }
        case .xor:
            target.copy(first)
            for other in others { target.merge(other.dropFirst(start)) { $0 ^ $1 } }
        case .not:
            target.clear(from: 0)
            target.merge(first) { ~$1 | $0 }
        case .difference:
            target.copy(first)
            for other in others { target.merge(other.dropFirst(start)) { $0 & ~$1 } }
        case .reverseDifference:
            target.clear(from: 0)
            for other in others { target.merge(other.dropFirst(start)) { $0 | $1 } }
            target.merge(first) { $0 & ~$1 }
        case .andOr:
            target.clear(from: 0)
            for other in others { target.merge(other.dropFirst(start)) { $0 | $1 } }
            target.merge(first) { $0 & $1 }
            target.clear(from: first.count)
        case .one:
            // What was seen at all, and in `spare` what was seen twice.
            target.copy(first)
            spare.clear(from: 0)
            for other in others {
                let other = other.dropFirst(start)
                spare.merge(other, target.view) { $0 | $1 & $2 }
                target.merge(other) { $0 | $1 }
            }
            target.merge(spare.view) { $0 & ~$1 }
        }
    }
}

/// A piece of the result: writable bytes.
@safe
private struct Piece {
    let base: UnsafeMutableRawPointer
    let count: Int

    init(_ base: UnsafeMutableRawPointer, _ count: Int) {
        unsafe self.base = unsafe base
        self.count = count
    }

    var view: ByteView { unsafe ByteView(base: base, count: count) }

    /// Takes over the source's bytes, and zeros behind them.
    func copy(_ source: ByteView) {
        let length = min(count, source.count)
        unsafe ByteMemory.copy(base, source.base, length)
        clear(from: length)
    }

    func clear(from start: Int) {
        if start >= count { return }
        unsafe (base + start).initializeMemory(as: UInt8.self, repeating: 0, count: count - start)
    }

    /// Replaces the bytes for which there are some of the source by what `body` makes of both.
    @inline(__always)
    func merge(_ source: ByteView, _ body: (SIMD4<UInt64>, SIMD4<UInt64>) -> SIMD4<UInt64>) {
        merge(source, source) { target, source, _ in body(target, source) }
    }

    /// The same with a second source, which is at least as long as the piece or the first source.
    @inline(__always)
    func merge(
        _ source: ByteView, _ second: ByteView,
        _ body: (SIMD4<UInt64>, SIMD4<UInt64>, SIMD4<UInt64>) -> SIMD4<UInt64>
    ) {
        typealias Words = SIMD4<UInt64>
        let length = min(count, source.count)
        precondition(second.count >= length, "a short second source")
        var offset = 0
        while offset &+ 32 <= length {
            let target = unsafe base.loadUnaligned(fromByteOffset: offset, as: Words.self)
            let one = unsafe source.base.loadUnaligned(fromByteOffset: offset, as: Words.self)
            let other = unsafe second.base.loadUnaligned(fromByteOffset: offset, as: Words.self)
            unsafe base.storeBytes(of: body(target, one, other), toByteOffset: offset, as: Words.self)
            offset &+= 32
        }
        while offset < length {
            let target = unsafe base.load(fromByteOffset: offset, as: UInt8.self)
            let one = unsafe source.base.load(fromByteOffset: offset, as: UInt8.self)
            let other = unsafe second.base.load(fromByteOffset: offset, as: UInt8.self)
            let result = body(
                Words(repeating: UInt64(target)), Words(repeating: UInt64(one)), Words(repeating: UInt64(other)))
            unsafe base.storeBytes(of: UInt8(truncatingIfNeeded: result.x), toByteOffset: offset, as: UInt8.self)
            offset &+= 1
        }
    }
}
