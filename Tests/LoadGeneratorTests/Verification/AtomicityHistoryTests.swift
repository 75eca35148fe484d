// Order, many keys, banks and tokens: what may be seen, and what may not.
@testable import LoadGenerator
import Testing

@Suite struct AtomicityHistoryTests {
    private func violation(_ judge: () throws(Violation) -> Void) -> String? {
        do { try judge() } catch { return error.summary }
        return nil
    }

    private func bulk(_ text: String) -> Reply { .bulk(Array(text.utf8)) }

    @Test func order() {
        func judge(_ before: [Int64]?, _ now: [Int64]) -> String? {
            violation { () throws(Violation) in
                try OrderHistory.judge(names: ["c", "b", "a"], before: before, now: now)
            }
        }
        #expect(judge(nil, [0, 0, 0]) == nil)
        #expect(judge(nil, [3, 3, 4]) == nil)
        #expect(judge([3, 3, 4], [3, 4, 9]) == nil)
        #expect(judge(nil, [4, 3, 4])?.contains("order") == true)
        #expect(judge(nil, [4, 4, 3])?.contains("order") == true)
        #expect(judge([3, 3, 4], [2, 4, 4])?.contains("went back") == true)
    }

    @Test func multipleKeys() {
        func judge(_ values: [Reply]) -> String? {
            violation { () throws(Violation) in
                try MultipleKeysHistory.judgeValues("MGET", keys: ["a", "b", "c"], values: values)
            }
        }
        #expect(judge([.null, .null, .null]) == nil)
        #expect(judge([bulk("1"), bulk("1"), bulk("1")]) == nil)
        #expect(judge([bulk("1"), bulk("1"), bulk("2")]) != nil)
        #expect(judge([bulk("1"), .null, bulk("1")]) != nil)
        func judge(count: Int64) -> String? {
            violation { () throws(Violation) in
                try MultipleKeysHistory.judgeCount("DEL", keys: ["a", "b", "c"], count: count)
            }
        }
        #expect(judge(count: 0) == nil && judge(count: 3) == nil)
        #expect(judge(count: 1) != nil && judge(count: 4) != nil)
    }

    @Test func bank() {
        func judge(_ balances: [Reply]) -> String? {
            violation { () throws(Violation) in
                try BankHistory.judge("MGET", accounts: ["a", "b"], balances: balances, total: 200)
            }
        }
        #expect(judge([bulk("100"), bulk("100")]) == nil)
        #expect(judge([bulk("-50"), bulk("250")]) == nil)
        #expect(judge([bulk("100"), bulk("90")])?.contains("lost") == true)
        #expect(judge([bulk("100"), bulk("110")])?.contains("made") == true)
        #expect(judge([bulk("200"), .null])?.contains("gone") == true)
        #expect(judge([bulk("200"), bulk("x")])?.contains("no number") == true)
    }

    @Test func rename() {
        func judge(_ values: [Reply]) -> String? {
            violation { () throws(Violation) in
                try RenameHistory.judge("MGET", places: ["a", "b", "c"], values: values, token: "t")
            }
        }
        #expect(judge([.null, bulk("t"), .null]) == nil)
        #expect(judge([.null, .null, .null])?.contains("nowhere") == true)
        #expect(judge([bulk("t"), .null, bulk("t")])?.contains("several") == true)
        #expect(judge([bulk("u"), .null, .null])?.contains("something else") == true)
        for (count, isRight) in [(0, false), (1, true), (2, false)] as [(Int64, Bool)] {
            let found = violation { () throws(Violation) in
                try RenameHistory.judgeCount(places: ["a"], count: count)
            }
            #expect((found == nil) == isRight)
        }
    }
}
