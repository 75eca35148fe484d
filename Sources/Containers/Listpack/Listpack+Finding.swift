// Looking for elements of a listpack, and looking whether bytes are one.
import Bytes
import Platform

extension Listpack {
    /// The first element at or behind `position` that has that text; `skip` elements are passed over after each one
    /// that is looked at (1: every other one, as for the fields of a hash).
    @usableFromInline
    package func find(_ text: ByteView, from position: Int, skip: Int = 0) -> Int? {
        let entry = ListpackEntry(text)
        if let value = entry.element.integer { return find(integer: value, from: position, skip: skip) }
        var place = unsafe UnsafeRawPointer(base + checked(position))
        let end = unsafe UnsafeRawPointer(base + self.end)
        let count = text.count
        while unsafe place < end {
            let head = unsafe place.load(as: UInt8.self)
            var length = 1
            if head >= 0x80 && head < 0xC0 {
                let own = Int(head & 0x3F)
                length = own &+ 1
                if own == count {
                    let isFound = unsafe ByteMemory.equal(place + 1, text.base, count)
                    if isFound { return unsafe offset(of: place) }
                }
            } else if head >= 0xC0 {
                length = unsafe ListpackElement.longEncodedLength(place, head)
                let isFound = unsafe ListpackElement(at: place).view == text
                if isFound { return unsafe offset(of: place) }
            }
            unsafe place += length &+ Listpack.backLengthSize(length)
            unsafe place = unsafe Listpack.passing(skip, place, end)
        }
        return nil
    }

    @inlinable
    package func contains(_ text: ByteView) -> Bool { find(text, from: Listpack.headerSize) != nil }

    /// The same for an integer.
    package func find(integer value: Int64, from position: Int, skip: Int = 0) -> Int? {
        let wanted = ListpackEntry.integerLength(value)
        var place = unsafe UnsafeRawPointer(base + checked(position))
        let end = unsafe UnsafeRawPointer(base + self.end)
        while unsafe place < end {
            let length = unsafe ListpackElement.encodedLength(place)
            // A smaller encoding than it is long does not occur, but a larger one is legal: only the value counts.
            if length >= wanted {
                let isFound = unsafe ListpackElement(at: place).integer == value
                if isFound { return unsafe offset(of: place) }
            }
            unsafe place += length &+ Listpack.backLengthSize(length)
            unsafe place = unsafe Listpack.passing(skip, place, end)
        }
        return nil
    }

    @inline(__always)
    private func offset(of place: UnsafeRawPointer) -> Int { unsafe place - UnsafeRawPointer(base) }

    @inline(__always)
    private static func passing(
        _ skip: Int, _ place: UnsafeRawPointer, _ end: UnsafeRawPointer
    ) -> UnsafeRawPointer {
        var place = unsafe place
        var left = skip
        while unsafe left > 0 && place < end {
            let length = unsafe ListpackElement.encodedLength(place)
            unsafe place += length &+ backLengthSize(length)
            left &-= 1
        }
        return unsafe place
    }

    /// Whether the element at `position` has that text.
    @inlinable
    package func equals(_ position: Int, _ text: ByteView) -> Bool { element(position).equals(text) }

    /// Whether bytes from anywhere are a listpack whose every element lies inside it and whose lengths agree.
    package static func isValid(_ bytes: ByteView) -> Bool {
        let size = bytes.count
        guard size > headerSize, bytes.load(0, as: UInt32.self) == UInt32(truncatingIfNeeded: size),
            bytes[size - 1] == endByte
        else { return false }
        let stored = Int(bytes.load(4, as: UInt16.self))
        var position = headerSize
        var count = 0
        while position < size - 1 {
            guard let next = validatedEnd(of: position, in: bytes) else { return false }
            position = next
            count += 1
        }
        return position == size - 1 && (stored == unknownCount || stored == count)
    }

    /// Where the element at `position` ends, or nil if it is not well formed.
    private static func validatedEnd(of position: Int, in bytes: ByteView) -> Int? {
        let room = bytes.count - 1 - position
        let head = bytes[position]
        let headLength = head < 0xC0 ? 1 : head < 0xF0 ? 2 : head == 0xF0 ? 5 : 1
        guard headLength <= room, head <= 0xF4 else { return nil }
        let length = unsafe ListpackElement.encodedLength(bytes.base + position)
        let backSize = backLengthSize(length)
        guard length + backSize <= room else { return nil }
        var back = 0
        for index in 0..<backSize {
            let byte = bytes[position + length + index]
            guard (byte & 128 != 0) == (index != 0) else { return nil }
            back = back << 7 | Int(byte & 127)
        }
        return back == length ? position + length + backSize : nil
    }
}
