// Streams in a database against plain arrays: entries, groups, copies, and the accounts.
import Bytes
import Containers
import Keyspace
import Platform
import Testing

/// Names and values of an entry.
private struct Pairs: StreamFields {
    let texts: [StaticString]
    var count: Int { texts.count }
    subscript(index: Int) -> ByteView { ByteView(texts[index]) }
}

/// A stream in a fixture's database, and what must be in it.
private final class CheckedStream {
    let fixture = Fixture()
    var limits = StreamLimits()
    var entries: [(id: StreamID, fields: [String])] = []
    var pending: [(id: StreamID, consumer: Int)] = []
    private let shapes: [[StaticString]] = [
        ["f", "1", "g", "two"], ["f", "x", "g", "9223372036854775807"], ["other", ""], ["f", "1"],
        ["a", "b", "c", "d", "e", "a value that is not so short"],
    ]

    init(nodeEntries: Int) {
        limits.nodeEntries = nodeEntries
        let stream = StreamValue.create()
        fixture.withKey("s") { name, hash in
            _ = fixture.database.set(name, hash: hash, replacing: nil, .external(.stream, stream.value))
        }
        change { _ = $0.createGroup(ByteView("g"), .zero, entriesRead: -1) }
    }

    func change<Result>(_ body: (StreamValue) -> Result) -> Result {
        guard let found = fixture.find("s") else { preconditionFailure("the stream is gone") }
        return fixture.database.change(found) { body(StreamValue($0)) }
    }

    private let consumers: [StaticString] = ["alice", "bob", "carol"]

    func step(_ random: inout Random, _ number: Int) {
        let id = StreamID(UInt64(number), UInt64(random.below(3)))
        switch random.below(10) {
        case 0...4:
            let shape = shapes[random.below(3) == 0 ? random.below(shapes.count) : 0]
            change { $0.append(id, Pairs(texts: shape), bytes: 10, limits) }
            entries.append((id, shape.map { "\($0)" }))
        case 5:
            guard !entries.isEmpty else { return }
            let gone = entries.remove(at: random.below(entries.count)).id
            change {
                let includesFirst = gone == $0.firstID
                #expect($0.remove(gone))
                $0.noteDeleted(highest: gone, includesFirst: includesFirst)
            }
        case 6:
            var trim = StreamTrim(.length(max(0, entries.count - random.below(4))))
            if random.below(2) == 0, let bound = entries.dropFirst(random.below(4)).first?.id {
                trim.bound = .id(bound)
            }
            entries.removeFirst(change { $0.trim(trim) })
        case 7, 8: deliver(&random)
        default:
            guard !pending.isEmpty else { return }
            let id = pending.remove(at: random.below(pending.count)).id
            change { stream in
                guard let group = stream.group(ByteView("g")) else { return }
                #expect(stream.acknowledge(id, group))
            }
        }
    }

    private func deliver(_ random: inout Random) {
        let number = random.below(consumers.count)
        change { stream in
            guard let group = stream.group(ByteView("g")) else { return }
            let name = ByteView(consumers[number])
            guard let consumer = group.consumer(name) ?? stream.createConsumer(name, in: group, now: 1) else { return }
            for entry in entries where entry.id > group.lastID {
                stream.advance(group, to: entry.id)
                stream.deliver(entry.id, to: consumer, of: group, now: 5)
                pending.append((entry.id, number))
            }
            if !pending.isEmpty {
                let taken = random.below(pending.count)
                guard let entry = group.pending(pending[taken].id) else { return }
                stream.assign(entry, pending[taken].id, to: consumer)
                pending[taken].consumer = number
            }
        }
    }

    func check(_ stream: StreamValue) {
        #expect(stream.length == entries.count)
        #expect(stream.firstID == entries.first?.id ?? .zero)
        #expect(stream.lastEntryID == entries.last?.id ?? .zero)
        for forward in [true, false] {
            var cursor = stream.entries(from: .zero, to: .maximum, forward: forward)
            for wanted in forward ? entries : entries.reversed() {
                guard cursor.advance(), let entry = cursor.entry else {
                    Issue.record("entries are missing")
                    return
                }
                var fields: [String] = []
                entry.forEachField { name, value in
                    for element in [name, value] { fields.append(element.withBytes { $0.string }) }
                }
                #expect(entry.id == wanted.id && fields == wanted.fields)
            }
            let hasMore = cursor.advance()
            #expect(!hasMore)
        }
        guard let group = stream.group(ByteView("g")) else { return }
        #expect(group.pendingCount == pending.count)
        for (id, number) in pending { #expect(group.pending(id)?.consumer.name.string == "\(consumers[number])") }
    }
}

@Suite struct StreamValueTests {
    @Test func randomChanges() {
        for seed in 0..<20 {
            var random = Random(state: UInt64(seed))
            let checked = CheckedStream(nodeEntries: [1, 3, 10, 100][seed % 4])
            for number in 1...400 {
                checked.step(&random, number)
                if number % 50 == 0 { checked.change { checked.check($0) } }
            }
            checked.change { stream in
                var copy = stream.value.copy()
                checked.check(StreamValue(copy))
                #expect(copy.memoryBytes <= stream.value.memoryBytes + 512)
                while copy.release(limit: 3) {}
                copy = stream.value
            }
            #expect(checked.fixture.bytesWhenEmptied() == checked.fixture.tableBytes)
        }
    }

    @Test func groupsGoWithAllTheyHave() {
        let checked = CheckedStream(nodeEntries: 10)
        let before = checked.change { $0.value.memoryBytes }
        checked.change { stream in
            guard let group = stream.createGroup(ByteView("h"), .zero, entriesRead: -1) else { return }
            for number in 0..<50 {
                ByteView.withView("consumer \(number)") { name in
                    guard let consumer = stream.createConsumer(name, in: group, now: 1) else { return }
                    stream.deliver(StreamID(UInt64(number), 1), to: consumer, of: group, now: 1)
                    stream.deliver(StreamID(UInt64(number % 7), 1), to: consumer, of: group, now: 1)
                }
            }
            #expect(group.consumerCount == 50 && group.pendingCount == 50)
            #expect(stream.removeConsumer(ByteView("consumer 49"), of: group) == 2)
            #expect(stream.removeConsumer(ByteView("consumer 49"), of: group) == nil)
            var rest: StreamValue?
            #expect(stream.destroyGroup(ByteView("h"), leaving: &rest) && rest == nil)
            #expect(!stream.destroyGroup(ByteView("h"), leaving: &rest))
        }
        let after = checked.change { $0.value.memoryBytes }
        #expect(after <= before + 64)
    }

    @Test(arguments: [300, 5000])
    func largeGroupsAreTakenOutWithTheirMemory(count: Int) {
        let checked = CheckedStream(nodeEntries: 10)
        let before = checked.change { $0.value.memoryBytes }
        var rest: StreamValue?
        checked.change { stream in
            guard let group = stream.createGroup(ByteView("h"), .zero, entriesRead: -1) else { return }
            for number in 0..<count {
                ByteView.withView("consumer \(number % 7)") { name in
                    let known = group.consumer(name) ?? stream.createConsumer(name, in: group, now: 1)
                    guard let consumer = known else { return }
                    stream.deliver(StreamID(UInt64(number &* 7919 % 100_003), 1), to: consumer, of: group, now: 1)
                }
            }
            #expect(group.pendingCount == count)
            #expect(stream.destroyGroup(ByteView("h"), leaving: &rest))
        }
        let after = checked.change { $0.value.memoryBytes }
        #expect(after <= before + 64)
        guard let rest else {
            Issue.record("nothing is left to be freed")
            return
        }
        #expect(rest.value.memoryBytes > count * 24)
        var (steps, last) = (1, rest.value.memoryBytes)
        while rest.value.release(limit: 256) {
            #expect(rest.value.memoryBytes < last)
            (steps, last) = (steps + 1, rest.value.memoryBytes)
        }
        #expect(steps >= count / 256 && last < 256 * 200)
    }
}
