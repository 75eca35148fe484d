// The patterns of SORT's BY and GET: keys and fields of hashes that belong to an element.
import Bytes
import Containers
import Keyspace
import RESP

/// `prefix*postfix` is the name of a string's key with the element in place of the star; `prefix*postfix->field` is
/// that of a hash, and its field; `#` is the element itself.
struct SortPattern {
    private let isElement: Bool
    /// Nil: nothing is ever found.
    private let star: Int?
    private let text: ByteView
    private let postfix: ByteView
    private let field: ByteView?

    init(_ text: ByteView) {
        self.text = text
        isElement = text == "#"
        star = SortPattern.star(in: text)
        var rest = text.dropFirst((star ?? 0) + 1)
        var field: ByteView?
        if let arrow = SortPattern.arrow(in: rest), arrow + 2 < rest.count {
            field = rest.dropFirst(arrow + 2)
            rest = rest.prefix(arrow)
        }
        postfix = rest
        self.field = field
    }

    /// Redis looks for these as in C strings: up to the first NUL.
    static func star(in text: ByteView) -> Int? {
        guard let star = text.firstIndex(of: 0x2a) else { return nil }
        if let end = text.firstIndex(of: 0), end < star { return nil }
        return star
    }

    /// Where `->` is.
    private static func arrow(in text: ByteView) -> Int? {
        var start = 0
        while let dash = text.firstIndex(of: 0x2d, from: start) {
            if dash + 1 < text.count, text[dash + 1] == 0x3e { return dash }
            start = dash + 1
        }
        return nil
    }

    /// What belongs to an element, if there is such a thing. Valid until something is written. `name` is scratch.
    func find(_ element: ListpackElement, _ context: borrowing CommandContext, _ name: inout ByteBuffer)
        -> ListpackElement?
    {
        if isElement { return element }
        guard let star else { return nil }
        name.removeAll(keepingCapacity: true)
        name.append(text.prefix(star))
        element.append(to: &name)
        name.append(postfix)
        guard let entry = context.find(context.key(named: name.view))?.entry else { return nil }
        if let field { return SortPattern.find(field, in: entry, now: context.now) }
        guard entry.type == .string else { return nil }
        return entry.encoding == .integer ? ListpackElement(integer: entry.integer) : ListpackElement(entry.stringBytes)
    }

    private static func find(_ field: ByteView, in entry: Entry, now: Int64) -> ListpackElement? {
        guard entry.type == .hash else { return nil }
        return HashValue(entry.external).find(field, now: now)?.value
    }
}

extension CommandContext {
    /// A key that is not an argument. Its shard is held.
    func key(named name: ByteView) -> Key {
        if let single = unsafe keyspace.single {
            return unsafe Key(name: name, hash: keyspace.map.hash(name), shard: single)
        }
        let route = keyspace.map.route(name)
        return unsafe Key(name: name, hash: route.hash, shard: keyspace.shards[route.shard])
    }
}
