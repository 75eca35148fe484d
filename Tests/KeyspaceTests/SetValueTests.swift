// Set values beside a plain set, through all their encodings.
import Bytes
import Containers
import Keyspace
import Testing

/// A set value and what should be in it.
private struct SetModel {
    var set: SetValue
    var members: Set<String> = []
    let limits: SetLimits
    let seed: UInt64 = 7

    init(_ limits: SetLimits) {
        self.limits = limits
        set = .emptyIntegers()
    }

    mutating func insert(_ member: String) {
        let isNew = ByteView.withView(member) { set.insert($0, limits, seed: seed) }
        #expect(isNew == members.insert(member).inserted)
    }

    mutating func remove(_ member: String) {
        let isRemoved = ByteView.withView(member) { set.remove($0) }
        #expect(isRemoved == (members.remove(member) != nil))
    }

    func contains(_ member: String) -> Bool { ByteView.withView(member) { set.contains($0) } }

    var listed: [String] {
        var found: [String] = []
        set.forEach { found.append($0.withBytes { $0.string }) }
        return found
    }

    var isRight: Bool {
        let listed = listed
        return listed.count == members.count && set.count == members.count && Set(listed) == members
    }
}

@Suite struct SetValueTests {
    private static let limits = [
        SetLimits(), SetLimits(integers: 8, listpackEntries: 5, listpackValue: 6),
        SetLimits(integers: 0, listpackEntries: 0, listpackValue: 0), SetLimits(integers: 20, listpackEntries: 500),
    ]

    private func word(_ random: inout Random, _ range: Int) -> String {
        let number = random.below(range)
        return switch random.below(10) {
        case 0...3: "\(number)"
        case 4: "-\(number * 1_000_003)"
        case 5: "0\(number)"
        case 6: String(repeating: "x", count: number % 90)
        default: "word\(number)"
        }
    }

    @Test(arguments: 0..<limits.count, [1, 2, 3, 4]) func agreesWithAPlainSet(_ choice: Int, _ seed: Int) {
        var random = Random(state: UInt64(seed))
        for _ in 0..<20 {
            var model = SetModel(Self.limits[choice])
            let range = [6, 40, 300][random.below(3)]
            let onlyIntegers = random.below(2) == 0
            for step in 0..<400 {
                let member = onlyIntegers && step < 300 ? "\(random.below(range))" : word(&random, range)
                switch random.below(8) {
                case 0...3: model.insert(member)
                case 4...5: model.remove(member)
                case 6:
                    let wasEmpty = model.members.isEmpty
                    var gone = ""
                    let removed = model.set.removeRandom({ UInt64(random.below(1 << 30)) << 34 }) { member in
                        gone = member.withBytes { $0.string }
                    }
                    #expect(removed == !wasEmpty)
                    if removed { #expect(model.members.remove(gone) != nil) }
                default: #expect(model.contains(member) == model.members.contains(member))
                }
                if step % 37 == 0 { #expect(model.isRight) }
            }
            #expect(model.isRight)
            var copy = model
            copy.set = SetValue(model.set.value.copy())
            copy.insert("only in the copy")
            #expect(copy.isRight && model.isRight)
            copy.set.release()
            model.set.release()
        }
    }

    @Test(arguments: ["integers", "listpack", "table"]) func membersOfOtherSets(_ form: String) {
        let limits = SetLimits()
        var others: [SetModel] = [SetModel(limits), SetModel(limits), SetModel(limits)]
        for number in 0..<100 { others[0].insert("\(number * 7)") }
        for number in 0..<60 { others[1].insert(number % 2 == 0 ? "\(number)" : "w\(number)") }
        for number in 0..<900 { others[2].insert(number % 2 == 0 ? "\(number)" : "w\(number)") }
        for other in others {
            var model = SetModel(limits)
            let start = form == "integers" ? 40 : form == "listpack" ? 50 : 700
            for number in 0..<start { model.insert(form == "integers" ? "\(number)" : "w\(number)") }
            other.set.forEach { member in
                let text = member.withBytes { $0.string }
                #expect(model.set.contains(member) == model.members.contains(text))
                let isNew = model.set.insert(member, limits, seed: 7)
                #expect(isNew == model.members.insert(text).inserted)
            }
            #expect(model.isRight)
            other.set.forEach { member in
                let isRemoved = model.set.remove(member)
                #expect(isRemoved)
                model.members.remove(member.withBytes { $0.string })
            }
            #expect(model.isRight)
            model.set.release()
        }
        for other in others { other.set.release() }
    }

    @Test func integersAgain() {
        let limits = SetLimits()
        var model = SetModel(limits)
        model.insert("a")
        for number in 0..<100 { model.insert("\(number - 50)") }
        #expect(model.set.value.encoding == .listpack)
        model.remove("a")
        model.set.becomeIntegers(limits)
        #expect(model.set.value.encoding == .integerSet && model.isRight)
        model.set.release()
    }

    @Test(arguments: [10, 100, 600], [false, true]) func chanceIsFair(_ count: Int, _ integers: Bool) {
        var model = SetModel(SetLimits())
        for number in 0..<count { model.insert(integers ? "\(number)" : "w\(number)") }
        var random: UInt64 = 88172645463325252
        func next() -> UInt64 {
            random ^= random << 13
            random ^= random >> 7
            random ^= random << 17
            return random
        }
        // Of single members, and of samples of a third of them.
        for way in 0..<2 {
            var counts: [String: Int] = [:]
            let rounds = way == 0 ? count * 100 : 300
            for _ in 0..<rounds {
                if way == 0 {
                    let chosen = model.set.randomMember(next).map { $0.withBytes { $0.string } } ?? ""
                    counts[chosen, default: 0] += 1
                } else {
                    var chosen: Set<String> = []
                    model.set.sample(count / 3, next) { chosen.insert($0.withBytes { $0.string }) }
                    #expect(chosen.count == count / 3)
                    for member in chosen { counts[member, default: 0] += 1 }
                }
            }
            #expect(Set(counts.keys) == model.members)
            let expected = Double(counts.values.reduce(0, +)) / Double(count)
            let chiSquare = counts.values.reduce(0.0) {
                $0 + (Double($1) - expected) * (Double($1) - expected) / expected
            }
            let limit = Double(count) + 4 * (2 * Double(count)).squareRoot()
            #expect(chiSquare < limit, "\(count) members, way \(way)")
        }
        model.set.release()
    }
}
