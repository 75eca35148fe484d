"""Whether two replies to one command agree: the same bytes, or what the command leaves open."""

from harness.compare import nearest_agree

from .wire import end_of, parse
from .words import KEYS, NEAREST

UNORDERED = {b"SPOP", b"KEYS", b"SMEMBERS", b"SINTER", b"SUNION", b"SDIFF", b"HKEYS", b"HVALS", b"HGETALL"}
TIMES = {b"TTL", b"PTTL", b"EXPIRETIME", b"PEXPIRETIME"}
SCANS = {b"SCAN", b"HSCAN", b"SSCAN", b"ZSCAN"}
# Drawn at random; what they may draw from is the reply of the command before them.
RANDOM = {b"RANDOMKEY", b"SRANDMEMBER", b"HRANDFIELD", b"ZRANDMEMBER"}
CONTEXTS = {
    b"RANDOMKEY": (b"KEYS",),
    b"SRANDMEMBER": (b"SMEMBERS",),
    b"HRANDFIELD": (b"HKEYS", b"HGETALL"),
    b"ZRANDMEMBER": (b"ZRANGE",),
}
LEXICOGRAPHIC = {b"ZRANGEBYLEX", b"ZREVRANGEBYLEX", b"ZLEXCOUNT"}
TOLERANCE_MILLISECONDS = 20000
# Encodings that are newer than the oracle: lists as one listpack (7.2), sets as listpacks (7.2).
ENCODINGS = {
    (b"listpack", b"quicklist"),
    (b"listpack", b"hashtable"),
    (b"listpack", b"intset"),
}


def is_encoding_meant(ours, oracle):
    return ours == oracle or (ours, oracle) in ENCODINGS


def _key(element):
    return repr(element)


def _sorted(value, pairs):
    elements = value[1:]
    if pairs:
        elements = list(zip(elements[::2], elements[1::2]))
    return sorted(elements, key=_key)


def _same_elements(ours, oracle, pairs=False):
    if type(ours) is not list or type(oracle) is not list or ours[0] != oracle[0] or len(ours) != len(oracle):
        return False
    return _sorted(ours, pairs) == _sorted(oracle, pairs)


def _is_error(value):
    return type(value) is bytes and value[:1] == b"-"


def _scan(name, command, ours, oracle):
    if any(type(value) is not list or len(value) != 3 or type(value[2]) is not list for value in (ours, oracle)):
        return False
    if b"$1\r\n0\r\n" != ours[1] or ours[1] != oracle[1]:
        # Several pages: which elements come in which is for each server to choose.
        return command[2 if name != b"SCAN" else 1] != b"0" or ours[2][0] == oracle[2][0]
    pairs = name in (b"HSCAN", b"ZSCAN")
    ours_pairs, oracle_pairs = (_sorted(value[2], pairs) for value in (ours, oracle))
    return {_key(each) for each in ours_pairs} == {_key(each) for each in oracle_pairs}


def _drawn(name, command, ours, oracle, before):
    """Random replies: as many as the oracle's, all of them there, without repetition where none is allowed."""
    if name == b"RANDOMKEY":
        return _is_bulk(ours) == _is_bulk(oracle) and (before is None or not _is_bulk(ours) or ours in before[1:])
    if type(ours) is not list:
        return _is_bulk(ours) and _is_bulk(oracle) and (before is None or ours in before[1:])
    if type(oracle) is not list or len(ours) != len(oracle) or ours[0] != oracle[0]:
        return False
    elements, known = ours[1:], before[1:] if type(before) is list else None
    if len(command) > 3:
        elements = _pairs(elements)
        known = None if known is None else _pairs(known)
    if not command[2].startswith(b"-") and len({_key(each) for each in elements}) != len(elements):
        return False
    return known is None or all(each in known for each in elements)


def _pairs(elements):
    if elements and type(elements[0]) is list:
        return [(each[1], each[2]) for each in elements]
    return list(zip(elements[::2], elements[1::2]))


def _is_bulk(value):
    return type(value) is bytes and value[:1] == b"$" and value != b"$-1\r\n"


def _times(ours, oracle):
    if type(ours) is not bytes or type(oracle) is not bytes or ours[:1] != b":" or oracle[:1] != b":":
        return False
    ours, oracle = int(ours[1:]), int(oracle[1:])
    return ours >= 0 and oracle >= 0 and abs(ours - oracle) <= TOLERANCE_MILLISECONDS


def _values_agree(command, ours, oracle, before):
    name = command[0].upper()
    if name in UNORDERED:
        return _same_elements(ours, oracle, pairs=name == b"HGETALL")
    if name in TIMES:
        return _times(ours, oracle)
    if name in RANDOM:
        return _drawn(name, command, ours, oracle, before)
    if name in SCANS:
        return _scan(name, command, ours, oracle)
    if name == b"OBJECT" and len(command) == 3:
        what = command[1].upper()
        if what == b"ENCODING" and _is_bulk(ours) and _is_bulk(oracle):
            return is_encoding_meant(ours.split(b"\r\n")[1], oracle.split(b"\r\n")[1])
        return what in (b"IDLETIME", b"FREQ", b"REFCOUNT") and ours[:1] == oracle[:1] == b":"
    if name[:3] == b"GEO" and b"COUNT" in command and b"WITHDIST" in command:
        return _nearest([[each[2], repr(each)] for each in value[1:]] for value in _lists(ours, oracle))
    if name == b"ZRANGE" and command[1] == NEAREST:
        return _stored_nearest(ours, oracle)
    if name in (b"SORT", b"SORT_RO") and _order_is_open(command, ours, oracle):
        words = [word.upper() for word in command]
        if b"LIMIT" in words or b"GET" in words:
            return type(ours) is list and type(oracle) is list and len(ours) == len(oracle)
        return _same_elements(ours, oracle)
    return name in LEXICOGRAPHIC and _lexicographic_is_open(command, before)


def _lists(ours, oracle):
    return [value if type(value) is list else [None] for value in (ours, oracle)]


def _nearest(rows):
    """Lists of (distance, member) with something in them."""
    ours, oracle = rows
    return bool(ours) and bool(oracle) and nearest_agree(ours, oracle)


def _stored_nearest(ours, oracle):
    """What is open is at either end, as the nearest or the farthest were stored."""
    rows = [[(distance, member) for member, distance in _pairs(value[1:])] for value in _lists(ours, oracle)]
    return _nearest(rows) or _nearest(each[::-1] for each in rows)


def _order_is_open(command, ours, oracle):
    """Elements that are not sorted, or are equal by what they are sorted by, come in any order."""
    words = [word.upper() for word in command]
    if b"BY" in words:
        pattern = command[words.index(b"BY") + 1 : words.index(b"BY") + 2]
        if b"ALPHA" in words or not pattern or b"*" not in pattern[0]:
            return True
    # Compared as C strings are, texts that differ only behind a NUL are equal.
    return b"ALPHA" in words and type(ours) is list and any(type(one) is bytes and b"\0" in one for one in ours)


def _context(command, before_command, before):
    """The reply of the command before, if it tells what this one may answer."""
    if before_command is None or before is None or before_command[1:2] not in (command[1:2], [b"*"]):
        return None
    name, before_name = command[0].upper(), before_command[0].upper()
    if before_name in CONTEXTS.get(name, ()) or (name in LEXICOGRAPHIC and before_name == b"ZRANGE"):
        return before
    return None


def _lexicographic_is_open(command, before):
    """Lexicographic ranges mean nothing when the scores differ; the command before asked for them."""
    if type(before) is not list:
        return before is None and command[1:2] and command[1] not in KEYS["lexicographic"]
    if len(before) > 1 and type(before[1]) is list:
        scores = {element[2] for element in before[1:]}
    else:
        scores = set(before[2::2])
    return len(scores) > 1


class Judge:
    """Compares the replies to a batch of commands; knows what EXEC answers to."""

    def compare(self, commands, ours, oracle):
        """None, or (index of the command, our reply, the oracle's)."""
        if ours == oracle:
            return None
        queue, before = None, None
        our_position = oracle_position = 0
        for index, command in enumerate(commands):
            oracle_end = end_of(oracle, oracle_position)
            expected = oracle[oracle_position:oracle_end]
            if ours.startswith(expected, our_position):
                our_end = our_position + len(expected)
                if expected == b"+QUEUED\r\n":
                    if queue is not None:
                        queue.append(command)
                elif command[0][:1] in b"mMeEdDrR":
                    queue = self._queue_after(command, expected, queue)
            else:
                our_end = end_of(ours, our_position)
                actual = ours[our_position:our_end]
                previous = None
                if before is not None:
                    previous = _context(command, commands[index - 1], parse(ours, before)[0])
                if not self._agree(command, actual, expected, previous, queue):
                    return index, actual, expected
                queue = self._queue_after(command, expected, queue)
            before, our_position, oracle_position = our_position, our_end, oracle_end
        if our_position != len(ours) or oracle_position != len(oracle):
            return len(commands) - 1, ours[our_position:], oracle[oracle_position:]
        return None

    @staticmethod
    def _queue_after(command, reply, queue):
        name = command[0].upper()
        if name == b"MULTI":
            return [] if reply == b"+OK\r\n" else queue
        if name in (b"EXEC", b"DISCARD"):
            return None
        return queue

    @staticmethod
    def _agree(command, actual, expected, previous, queue):
        ours, oracle = parse(actual)[0], parse(expected)[0]
        if command[0].upper() == b"EXEC" and queue is not None:
            if type(ours) is not list or type(oracle) is not list or len(ours) != len(oracle):
                return False
            previous_command = previous = None
            for queued, our_element, oracle_element in zip(queue, ours[1:], oracle[1:]):
                before = _context(queued, previous_command, previous)
                if our_element != oracle_element and not _values_agree(queued, our_element, oracle_element, before):
                    return False
                previous_command, previous = queued, our_element
            return len(queue) == len(ours) - 1
        return _values_agree(command, ours, oracle, previous)
