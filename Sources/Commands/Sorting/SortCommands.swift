// SORT and SORT_RO.
import Bytes
import Containers
import Keyspace
import RESP

private let sortUses: [KeySpec] = [.one([.readOnly, .access]), KeySpec(.unknown, .unknown, [.readOnly, .access])]

package let sortCommands: [Command] = unsafe [
    Command(
        "sort", arity: -2, [.write, .denyOutOfMemory, .movableKeys], [.set, .sortedSet, .list, .dangerous],
        keys: sortUses + [KeySpec(.unknown, .unknown, [.overwrite, .update])], routing: .keyedOrAllShards,
        group: .generic, since: "1.0.0", complexity: "O(N*log(N)) for N elements, O(N) if they are not sorted.",
        summary: "Sorts the elements of a list, a set or a sorted set, and returns or stores the result.",
        syntax: """
            key [BY by-pattern] [LIMIT offset count] [GET get-pattern [GET get-pattern ...]] [ASC | DESC] [ALPHA] \
            [STORE destination]
            """
    ) { unsafe sort(&$0.context, allowingStore: true) },
    unsafe Command(
        "sort_ro", arity: -2, [.readonly, .movableKeys], [.set, .sortedSet, .list, .dangerous], keys: sortUses,
        routing: .keyedOrAllShards, group: .generic, since: "7.0.0",
        complexity: "O(N*log(N)) for N elements, O(N) if they are not sorted.",
        summary: "Sorts the elements of a list, a set or a sorted set, and returns the result.",
        syntax: """
            key [BY by-pattern] [LIMIT offset count] [GET get-pattern [GET get-pattern ...]] [ASC | DESC] [ALPHA]
            """
    ) { unsafe sort(&$0.context, allowingStore: false) },
]

private func sort(_ context: inout CommandContext, allowingStore: Bool) {
    guard var request = SortRequest(context, allowingStore: allowingStore) else { return }
    let key = context.key(1)
    let found = context.find(key)
    let entry = found?.entry
    if let type = entry?.type, type != .list && type != .set && type != .sortedSet {
        return context.reply.error(ErrorText.wrongType)
    }
    if let found, found.entry.encoding == .listpack, found.entry.type == .sortedSet {
        // Redis does so, and OBJECT ENCODING shows it.
        context.database(of: key).reshape(found) { value in
            var set = SortedSetValue(value)
            set.becomeTree(seed: context.hashSeed)
            value = set.value
        }
    }
    // What is stored must not depend on the order of a hash table.
    if request.isUnsorted && request.destination != 0 && entry?.type == .set { request.sortByBytes() }
    var vector = SortVector(entry, request)
    var wanted = 0..<vector.items.count
    if !request.isUnsorted {
        wanted = request.range(of: vector.items.count)
        guard vector.sort(request, wanted, context) else {
            return context.reply.error("ERR One or more scores can't be converted into double")
        }
    }
    let items = vector.items[wanted]
    if request.destination == 0 { reply(&context, items, request) } else { store(&context, items, request) }
}

private func reply(_ context: inout CommandContext, _ items: ArraySlice<SortVector.Item>, _ request: SortRequest) {
    let reply = context.reply
    reply.array(items.count * max(1, request.gets.count))
    if request.gets.isEmpty {
        for item in items { reply.bulk(item.element) }
        return
    }
    let patterns = request.gets.map { SortPattern($0) }
    var name = ByteBuffer()
    defer { name.deallocate() }
    for item in items {
        for pattern in patterns {
            if reply.isFull { return }
            if let value = pattern.find(item.element, context, &name) { reply.bulk(value) } else { reply.null() }
        }
    }
}

private func store(_ context: inout CommandContext, _ items: ArraySlice<SortVector.Item>, _ request: SortRequest) {
    let limit = unsafe context.settings.pointee.listNodeLimit
    let patterns = request.gets.map { SortPattern($0) }
    var name = ByteBuffer()
    defer { name.deallocate() }
    var list = ListValue.create()
    func push(_ element: ListpackElement) {
        element.withBytes { text in
            list.prepare(bytes: text.count, count: 1, limit)
            list.push(text, atFront: false, limit)
        }
    }
    for item in items {
        if patterns.isEmpty { push(item.element) }
        for pattern in patterns { push(pattern.find(item.element, context, &name) ?? ListpackElement(.empty)) }
    }
    let target = context.key(request.destination)
    let replaced = context.find(target, .peek)
    let count = list.count
    if count > 0 {
        context.set(target, replacing: replaced, .external(.list, list.value))
        context.database(of: target).noteChanges(count - 1)
        context.changed(target, .list, "sortstore")
    } else {
        while list.value.release(limit: .max) {}
        if let replaced {
            context.remove(target, replaced)
            context.changed(target, .generic, "del")
        }
    }
    context.reply.integer(count)
}
