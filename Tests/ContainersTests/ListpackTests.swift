// Listpacks against Redis' own bytes and against an array.
import Bytes
import Containers
import Testing

@Suite struct ListpackTests {
    static let samples =
        """
        0 127 128 -1 4095 -4096 4096 -4097 32767 -32768 32768 -32769 8388607 -8388608 8388608 -8388609 2147483647 \
        -2147483648 2147483648 -2147483649 9223372036854775807 -9223372036854775808 9223372036854775808 -0 01
        """.split(separator: " ").map { Array($0.utf8) } + [
            [], [97], [UInt8](repeating: 97, count: 63), [UInt8](repeating: 98, count: 64), [120],
        ]

    /// What redis-server 7.0.15 answers to DUMP of a hash with these fields and values.
    @Test func bytesAreThoseOfRedis() {
        var list = Listpack.create()
        for text in Self.samples { list.append(text) }
        let expected =
            "240100001e0000017f01c08002dfff02cfff02d00002f1001003f1ffef03f1ff7f03f1008003f200800004f2ff7fff04f2ffff7f"
            + "04f200008004f30000800005f3ffff7fff05f3ffffff7f05f30000008005f4000000800000000009f4ffffff7fffffffff09"
            + "f4ffffffffffffff7f09f4000000000000008009933932323333373230333638353437373538303814822d30038230310380"
            + "01816102bf" + String(repeating: "61", count: 63) + "40e040" + String(repeating: "62", count: 64)
            + "42817802ff"
        #expect(hexadecimal(list.bytes.bytes) == expected)
        #expect(PlainListpack.encode(Self.samples) == list.bytes.bytes)
        #expect(list.texts == Self.samples && list.textsBackwards == Self.samples.reversed())
        #expect(Listpack.isValid(list.bytes))
        list.release()
    }

    /// Fingerprints of the listpacks of Redis of a hash with the field f and a value of so many letters z.
    @Test func lengthsAreWrittenAsRedisDoes() {
        let expected: [(Int, UInt64)] = [
            (124, 0x5ea2_990a_546e_342a), (125, 0x2550_aec2_9f2f_3899), (126, 0x66ff_8504_0b5a_2fba),
            (127, 0xef99_fe8d_0683_9c8d), (4095, 0x3e37_0bcf_4458_74bd), (4096, 0xd7e1_1ad1_a780_59c1),
            (16377, 0xb779_3b98_bf20_a5e8), (16378, 0xf908_25c7_c641_18be), (16379, 0xf841_b060_62b6_0c4d),
            (2_097_144, 0x1619_3ce8_b323_8554), (2_097_145, 0x67da_b9ed_6ee1_95fd),
            (2_097_146, 0xe7a8_7fb8_6050_9d31),
        ]
        for (length, print) in expected {
            var list = Listpack.create()
            list.append([102])
            list.append([UInt8](repeating: 122, count: length))
            #expect(fingerprint(list.bytes.bytes) == print, "length \(length)")
            #expect(list.textsBackwards.map(\.count) == [length, 1])
            #expect(Listpack.isValid(list.bytes))
            list.release()
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func operationsEqualTheModel(seed: UInt64) {
        var random = Random(state: seed)
        var list = Listpack.create()
        var model: [[UInt8]] = []
        for _ in 0..<400 {
            change(&list, &model, &random)
            if random.below(10) == 0 {
                #expect(list.bytes.bytes == PlainListpack.encode(model))
                #expect(list.texts == model && list.textsBackwards == model.reversed())
            }
        }
        #expect(list.bytes.bytes == PlainListpack.encode(model) && Listpack.isValid(list.bytes))
        let copy = list.copy()
        #expect(copy.bytes == list.bytes)
        copy.release()
        list.release()
    }

    /// One random change to both.
    private func change(_ list: inout Listpack, _ model: inout [[UInt8]], _ random: inout Random) {
        let text = random.text()
        let index = model.isEmpty ? 0 : random.below(model.count)
        let position = list.seek(index) ?? list.end
        let count = random.below(5)
        ByteView.withView(text) { view in
            switch random.below(model.count > 60 ? 14 : 9) {
            case 0, 1: list.append(view); model.append(text)
            case 2, 3: list.prepend(view); model.insert(text, at: 0)
            case 4: list.insert(view, at: position); model.insert(text, at: index)
            case 5 where !model.isEmpty: list.insert(view, after: position); model.insert(text, at: index + 1)
            case 6 where !model.isEmpty: list.replace(position, view); model[index] = text
            case 7:
                var other = Listpack.create()
                for item in model.prefix(3) { other.append(item) }
                let isFront = random.below(2) == 0
                if isFront { list.prepend(contentsOf: other) } else { list.append(contentsOf: other) }
                model.insert(contentsOf: model.prefix(3), at: isFront ? 0 : model.count)
                other.release()
            case 8: checkReading(list, model, index, view)
            case 9 where !model.isEmpty: list.delete(position); model.remove(at: index)
            case 10 where !model.isEmpty:
                let removed = list.delete(position, count: count)
                #expect(removed == min(count, model.count - index))
                model.removeSubrange(index..<min(model.count, index + count))
            case 11 where !model.isEmpty:
                let from = random.below(2) == 0 ? index : index - model.count
                let removed = list.deleteRange(index: from, count: count * 4)
                #expect(removed == min(count * 4, model.count - index))
                model.removeSubrange(index..<min(model.count, index + count * 4))
            default:
                let tail = list.split(index: index)
                #expect(tail.bytes.bytes == PlainListpack.encode(Array(model[index...])))
                if random.below(2) == 0 { (list, model) = (swap(list, tail), Array(model[index...])) } else {
                    tail.release()
                    model.removeSubrange(index...)
                }
            }
        }
    }

    private func swap(_ list: Listpack, _ tail: Listpack) -> Listpack {
        list.release()
        return tail
    }

    private func checkReading(_ list: Listpack, _ model: [[UInt8]], _ index: Int, _ view: ByteView) {
        #expect(list.count == model.count)
        for (number, text) in model.enumerated() {
            #expect(list.element(index: number)?.withBytes { $0.bytes } == text)
            #expect(list.element(index: number - model.count)?.textLength == text.count)
        }
        #expect(list.seek(model.count) == nil && list.seek(-model.count - 1) == nil)
        for (number, text) in (model + [view.bytes]).enumerated() {
            ByteView.withView(text) { text in
                for (from, skip) in [(0, 0), (0, 1), (index, 0), (index, 2)] {
                    let expected = stride(from: from, to: model.count, by: skip + 1).first { model[$0] == text.bytes }
                    let start = list.seek(from) ?? list.end
                    #expect(list.find(text, from: start, skip: skip) == expected.map { list.seek($0)! })
                }
                if number < model.count {
                    let element = list.element(index: number)!
                    #expect(element.equals(text) && element.compare(text) == 0 && element.equals(element))
                    #expect(element.equals(view) == (text == view))
                }
            }
        }
    }

    @Test func countsBeyondTheHeader() {
        var list = Listpack.create()
        for value in 0..<65_600 as Range<Int64> { list.append(integer: value % 100) }
        #expect(list.count == 65_600 && list.bytes.bytes[4...5] == [255, 255])
        #expect(list.element(index: -1)?.integer == 99 && list.element(index: 65_590)?.integer == 90)
        let removed = list.deleteRange(index: -100, count: 200)
        #expect(list.seek(65_500) == nil && removed == 100)
        // As in Redis, the number stays unknown until somebody asks for it.
        #expect(list.bytes.bytes[4...5] == [255, 255])
        #expect(list.count == 65_500 && list.bytes.bytes[4...5] == [220, 255])
        list.release()
    }

    @Test func damageIsSeen() {
        var list = Listpack.create()
        for text in Self.samples.shuffled() { list.append(text) }
        let bytes = list.bytes.bytes
        func isValid(_ bytes: [UInt8]) -> Bool { ByteView.withView(bytes) { Listpack.isValid($0) } }
        #expect(isValid(bytes))
        for index in bytes.indices {
            #expect(!isValid(Array(bytes[..<index])))
            for change in [1, 2, 0x40, 0x80, 0xFF] as [UInt8] {
                var damaged = bytes
                damaged[index] ^= change
                // Whatever passes can be read from both ends.
                guard isValid(damaged) else { continue }
                let copy = ByteView.withView(damaged) { Listpack.create(copying: $0) }
                #expect(copy.texts == copy.textsBackwards.reversed() && copy.texts.count == copy.count)
                copy.release()
            }
        }
        list.release()
    }
}
