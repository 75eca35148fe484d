"""Compares everything that two servers hold: keys, types, encodings, contents, times to live."""

from .judge import TOLERANCE_MILLISECONDS, is_encoding_meant
from .wire import end_of, parse
from .words import DATABASES

CONTENTS = {
    b"string": lambda key: [b"GET", key],
    b"hash": lambda key: [b"HGETALL", key],
    b"list": lambda key: [b"LRANGE", key, b"0", b"-1"],
    b"set": lambda key: [b"SMEMBERS", key],
    b"stream": lambda key: [b"XRANGE", key, b"-", b"+"],
    b"zset": lambda key: [b"ZRANGE", key, b"0", b"-1", b"WITHSCORES"],
}


def replies(data):
    position, found = 0, []
    while position < len(data):
        value, position = parse(data, position)
        found.append(value)
    return found


def _text(bulk):
    """The text of a simple or a bulk string."""
    return bulk[1:-2] if bulk[:1] != b"$" else bulk.split(b"\r\n", 1)[1][:-2]


def _contents_agree(kind, encoding, ours, oracle):
    if ours == oracle:
        return True
    if kind == b"set":
        return sorted(ours) == sorted(oracle)
    if kind == b"hash" and encoding == b"hashtable":
        return sorted(zip(ours[1::2], ours[2::2])) == sorted(zip(oracle[1::2], oracle[2::2]))
    return False


def _lifetimes_agree(ours, oracle):
    ours, oracle = int(ours[1:]), int(oracle[1:])
    return ours == oracle or (ours > 0 and oracle > 0 and abs(ours - oracle) <= TOLERANCE_MILLISECONDS)


def compare(pair):
    """None, or (key, what differs) over all databases. The pair's connection ends in database 0."""
    for database in DATABASES:
        answers = pair.exchange([[b"SELECT", database], [b"KEYS", b"*"]])
        names = [sorted(map(_text, replies(answer)[1][1:])) for answer in answers]
        if names[0] != names[1]:
            ours, oracle = map(set, names)
            key = next(iter(ours ^ oracle))
            where = "only Needletail has it" if key in ours else "only the oracle has it"
            return key, f"database {database.decode()}: {where}"
        found = _compare_keys(pair, names[0])
        if found:
            return found[0], f"database {database.decode()}: {found[1]}"
    pair.exchange([[b"SELECT", b"0"]])
    return None


def _compare_keys(pair, keys):
    questions = [
        question for key in keys for question in ([b"TYPE", key], [b"OBJECT", b"ENCODING", key], [b"PTTL", key])
    ]
    ours, oracle = map(replies, pair.exchange(questions))
    contents = []
    for index, key in enumerate(keys):
        (kind, encoding, lifetime), theirs = ours[3 * index : 3 * index + 3], oracle[3 * index : 3 * index + 3]
        if kind != theirs[0]:
            return key, f"type {kind!r}, the oracle's {theirs[0]!r}"
        if encoding[:1] != b"$" or not is_encoding_meant(_text(encoding), _text(theirs[1])):
            return key, f"encoding {encoding!r}, the oracle's {theirs[1]!r}"
        if not _lifetimes_agree(lifetime, theirs[2]):
            return key, f"time to live {lifetime!r}, the oracle's {theirs[2]!r}"
        contents.append((key, _text(kind), _text(encoding)))
    ours, oracle = pair.exchange([CONTENTS[kind](key) for key, kind, _ in contents])
    if ours == oracle:
        return None
    our_position = oracle_position = 0
    for key, kind, encoding in contents:
        our_end, oracle_end = end_of(ours, our_position), end_of(oracle, oracle_position)
        ours_is, oracle_is = parse(ours, our_position)[0], parse(oracle, oracle_position)[0]
        if not _contents_agree(kind, encoding, ours_is, oracle_is):
            return key, f"content {ours_is!r:.2000}\n  the oracle's {oracle_is!r:.2000}"
        our_position, oracle_position = our_end, oracle_end
    return None
