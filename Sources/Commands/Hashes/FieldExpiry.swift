// What the commands about fields' deadlines have in common: the list of fields, times, and what a deadline does.
import Bytes
import Containers
import Keyspace
import RESP

/// What becomes of a field that is to expire, as HEXPIRE and its kin reply it.
enum FieldOutcome: Int {
    case absent = -2
    /// HPERSIST and HTTL: the field has no deadline.
    case persistent = -1
    /// The condition was not met.
    case unchanged = 0
    case changed = 1
    /// The deadline has passed: the field was removed.
    case removed = 2
}

extension CommandContext {
    /// The positions of the fields behind the word FIELDS at `index`, and their number. `width` is 2 if each is
    /// followed by a value. They must be as many as announced, but for `rest` arguments of which the caller knows the
    /// words. Nil: an error was replied.
    func fields(
        at index: Int, width: Int = 1, rest: Int = 0,
        invalidNumber: StaticString = "ERR Number of fields must be a positive integer"
    ) -> Range<Int>? {
        guard index < arguments.count, arguments[index].equalsIgnoringCase("fields") else {
            reply.error("ERR Mandatory argument FIELDS is missing or not at the right position")
            return nil
        }
        guard index + 1 < arguments.count, let number = IntegerText.parse(arguments[index + 1]), number > 0 else {
            reply.error(invalidNumber)
            return nil
        }
        let start = index + 2
        guard number <= Int64(arguments.count), start + Int(number) * width == arguments.count - rest else {
            reply.error("ERR The `numfields` parameter must match the number of arguments")
            return nil
        }
        return start..<arguments.count - rest
    }

    /// The deadline that a time of `unit` milliseconds from `start` on means. Nil: an error was replied.
    func fieldDeadline(_ text: ByteView, unit: Int64, from start: Int64, _ command: StaticString) -> Int64? {
        guard let time = IntegerText.parse(text) else {
            reply.error(ErrorText.notInteger)
            return nil
        }
        if time < 0 {
            reply.error("ERR invalid expire time, must be >= 0")
            return nil
        }
        let latest: Int64 = 1 << 46 - 1
        guard time <= latest / unit, time * unit <= latest - start else {
            reply.invalidExpireTime(command)
            return nil
        }
        return time * unit + start
    }

    /// The deadline that EX, PX, EXAT or PXAT at `index` asks for. `.absent`: it is none of these words.
    func fieldDeadline(at index: Int, _ command: StaticString) -> FieldTime {
        let word = arguments[index]
        let (isEX, isEXAT) = (word.equalsIgnoringCase("ex"), word.equalsIgnoringCase("exat"))
        let (isPX, isPXAT) = (word.equalsIgnoringCase("px"), word.equalsIgnoringCase("pxat"))
        guard isEX || isEXAT || isPX || isPXAT else { return .absent }
        guard index + 1 < arguments.count else {
            reply.error("ERR missing expire time")
            return .refused
        }
        let unit: Int64 = isEX || isEXAT ? 1000 : 1
        let start = isEX || isPX ? now : 0
        guard let deadline = fieldDeadline(arguments[index + 1], unit: unit, from: start, command) else {
            return .refused
        }
        return .deadline(deadline)
    }

    /// Replies the same for each of several fields of a hash that is not there.
    func replyAbsent(_ fields: Range<Int>) {
        reply.array(fields.count)
        for _ in fields { reply.integer(FieldOutcome.absent.rawValue) }
    }

    /// After deadlines were changed: notes when the next one is due, removes the key if no field is left.
    func finishFields(_ key: Key, _ found: Found) {
        if found.hash.count == 0 {
            removeEmptied(key, found)
        } else {
            database(of: key).noteElementDeadlines(found, hash: key.hash)
        }
    }

    /// Tells whoever watches the key that fields were changed.
    func changedFields(_ key: Key, _ event: StaticString, _ count: Int) {
        let database = database(of: key)
        database.touch(key.name)
        database.noteChanges(count)
        notify(.hash, event, key.name)
    }
}

/// What came of reading a time.
enum FieldTime {
    case absent
    /// An error was replied already.
    case refused
    case deadline(Int64)
}

extension HashValue {
    /// Gives a field a deadline if `allows` agrees to the change from the old one; removes it if the new one has
    /// passed.
    mutating func expire(
        _ name: ByteView, at deadline: Int64, now: Int64, _ allows: (Int64) -> Bool = { _ in true }
    ) -> FieldOutcome {
        guard let field = find(name, now: now) else { return .absent }
        guard allows(field.deadline) else { return .unchanged }
        if deadline <= now {
            _ = remove(name, now: now)
            return .removed
        }
        setDeadline(name, deadline)
        return .changed
    }

    /// Takes a field's deadline away.
    mutating func persist(_ name: ByteView, now: Int64) -> FieldOutcome {
        guard let field = find(name, now: now) else { return .absent }
        if field.deadline == .max { return .persistent }
        setDeadline(name, .max)
        return .changed
    }
}
