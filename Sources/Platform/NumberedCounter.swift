// Counters of jemalloc's that exist once for each size class, read without putting their names together.
#if !SYSTEM_ALLOCATOR
    import CJemalloc

    /// A counter whose name has a number in it. The name is translated once; reading allocates nothing.
    /// https://jemalloc.net/jemalloc.3.html, mallctlbymib
    struct NumberedCounter {
        private var name = InlineArray<8, Int>(repeating: 0)
        private var length = 8
        /// Which part of the name is the number.
        private let place: Int
        private let byteCount: Int

        /// `name` has any number of those there are, at `place` of the parts that dots separate; the counter has
        /// `byteCount` bytes, 4 or 8.
        init(_ name: StaticString, place: Int, byteCount: Int = 8) {
            self.place = place
            self.byteCount = byteCount
            var translated = InlineArray<8, Int>(repeating: 0)
            var length = 8
            var span = translated.mutableSpan
            let failure = unsafe span.withUnsafeMutableBufferPointer { parts in
                let text = unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
                return unsafe mallctlnametomib(text, parts.baseAddress, &length)
            }
            self.name = translated
            self.length = failure == 0 ? length : 0
        }

        /// 0 if this jemalloc has no such counter.
        func value(_ number: Int) -> Int {
            if length == 0 { return 0 }
            var parts = name
            parts[place] = number
            var value = 0
            var size = byteCount
            var span = parts.mutableSpan
            let failure = unsafe span.withUnsafeMutableBufferPointer { parts in
                unsafe mallctlbymib(parts.baseAddress, length, &value, &size, nil, 0)
            }
            return failure == 0 ? value : 0
        }
    }
#endif
