// LMOVE, RPOPLPUSH and the forms of both that wait.
import Bytes
import Containers
import Keyspace
import Platform
import RESP

func lmove(_ context: inout CommandContext) {
    guard let (from, to) = ends(context) else { return }
    if !moveElement(&context, from: from, to: to) { context.reply.null() }
}

func rpoplpush(_ context: inout CommandContext) {
    if !moveElement(&context, from: false, to: true) { context.reply.null() }
}

func blmove(_ context: inout CommandContext) {
    guard let (from, to) = ends(context) else { return }
    blockingMove(&context, from: from, to: to, timeout: 5)
}

func brpoplpush(_ context: inout CommandContext) {
    blockingMove(&context, from: false, to: true, timeout: 3)
}

/// LEFT or RIGHT twice, as whether they are the front; nil: an error was replied.
private func ends(_ context: CommandContext) -> (Bool, Bool)? {
    guard let from = listEnd(context.arguments[3]), let to = listEnd(context.arguments[4]) else {
        context.reply.error(ErrorText.syntax)
        return nil
    }
    return (from, to)
}

private func blockingMove(_ context: inout CommandContext, from: Bool, to: Bool, timeout: Int) {
    guard let deadline = context.waitDeadline(seconds: timeout) else { return }
    if moveElement(&context, from: from, to: to) { return }
    if !context.block(on: 1..<2, becoming: .list, until: deadline, surrender: .nullArray) { context.reply.null() }
}

/// Moves an element from one end of the first key's list to one end of the second's and replies with it. False: there
/// is none, and nothing was replied.
private func moveElement(_ context: inout CommandContext, from: Bool, to: Bool) -> Bool {
    let source = context.key(1)
    let target = context.key(2)
    switch context.find(source, as: .list, .write) {
    case .found: break
    case .absent: return false
    case .refused: return true
    }
    let isSame = source.name == target.name
    var targetFound: Found?
    if !isSame {
        switch context.find(target, as: .list, .write) {
        case .found(let found): targetFound = found
        case .absent: break
        case .refused: return true
        }
    }
    // The look at the target may have removed an expired entry, and so moved the source's.
    guard let found = context.find(source, .peek),
        let cursor = ListValue(found.entry.external).end(atFront: from)
    else { return false }
    context.replyElement(cursor)
    if isSame {
        rotate(context, source, found, cursor, from: from, to: to)
    } else {
        carry(context, cursor, to: target, targetFound, atFront: to)
    }
    context.notify(.list, to ? "lpush" : "rpush", target.name)
    // A new target may have moved the source's entry.
    guard let found = context.find(source, .peek) else { return true }
    let isLast = !isSame && ListValue(found.entry.external).count == 1
    if !isSame && !isLast { context.removeOne(source, found, atFront: from) }
    context.notePop(source, found, atFront: from, isEmpty: isLast, count: 1)
    return true
}

/// Adds the element, which is in another list, to the target.
private func carry(_ context: CommandContext, _ cursor: ListCursor, to target: Key, _ found: Found?, atFront: Bool) {
    let limit = context.listLimit
    if let found {
        context.database(of: target).change(found) { value in
            var list = ListValue(value)
            add(cursor, to: &list, atFront: atFront, limit)
            value = list.value
        }
    } else {
        var list = ListValue.create()
        add(cursor, to: &list, atFront: atFront, limit)
        context.set(target, replacing: nil, .external(.list, list.value))
    }
}

@inline(__always)
private func add(_ cursor: ListCursor, to list: inout ListValue, atFront: Bool, _ limit: NodeLimit) {
    let element = cursor.element
    list.prepare(bytes: element.textLength, count: 1, limit)
    if let large = cursor.large {
        large.retain()
        if list.push(large: large, atFront: atFront, limit) { return }
        large.release()
    }
    element.withBytes { list.push($0, atFront: atFront, limit) }
}

/// Moves the element within its list.
private func rotate(
    _ context: CommandContext, _ key: Key, _ found: Found, _ cursor: ListCursor, from: Bool, to: Bool
) {
    var text = ByteBuffer()
    defer { text.deallocate() }
    cursor.element.append(to: &text)
    let limit = context.listLimit
    context.database(of: key).change(found) { value in
        var list = ListValue(value)
        if list.count > 1 && from != to {
            list.pop(atFront: from)
            list.prepare(bytes: text.count, count: 1, limit)
            list.push(text.view, atFront: to, limit)
            list.shrink(limit)
        }
        value = list.value
    }
}
