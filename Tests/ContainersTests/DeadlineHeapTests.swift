// The heap of deadlines against a sorted array.
import Containers
import Testing

struct DeadlineHeapTests {
    @Test func agreesWithASortedArray() {
        var random = SystemRandomNumberGenerator()
        var heap = DeadlineHeap()
        defer { heap.deallocate() }
        var model: [Int64] = []
        for token in 0..<3_000 {
            if model.isEmpty || random.next() % 5 < 3 {
                let deadline = Int64(random.next() % 500)
                heap.insert(deadline, token: UInt64(token) << 32 | UInt64(deadline))
                model.append(deadline)
            } else {
                let taken = heap.removeFirst()
                #expect(taken?.deadline == model.min())
                #expect(taken.map { Int64($0.token & 0xFFFF_FFFF) } == taken?.deadline)
                if let place = model.firstIndex(of: taken?.deadline ?? -1) { model.remove(at: place) }
            }
            #expect(heap.count == model.count)
            #expect(heap.first?.deadline == (model.isEmpty ? nil : model.min()))
        }
    }
}
