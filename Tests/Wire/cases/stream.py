"""Cases of the group "stream"."""

from harness.case import Read, Send, Silence, Step, case, literal, wrong_arity
from harness.compare import exact, same_type
from harness.resp import Error, Map

ARITIES = {
    "XACK": -4,
    "XADD": -5,
    "XAUTOCLAIM": -6,
    "XCLAIM": -6,
    "XDEL": -3,
    "XGROUP": -2,
    "XGROUP CREATE": -5,
    "XGROUP CREATECONSUMER": 5,
    "XGROUP DELCONSUMER": 5,
    "XGROUP DESTROY": 4,
    "XGROUP SETID": -5,
    "XINFO": -2,
    "XINFO CONSUMERS": 4,
    "XINFO GROUPS": 3,
    "XINFO STREAM": -3,
    "XLEN": 2,
    "XPENDING": -3,
    "XRANGE": -4,
    "XREAD": -4,
    "XREADGROUP": -7,
    "XREVRANGE": -4,
    "XSETID": -3,
    "XTRIM": -4,
}

# What is newer than the oracle, is of the tree's own making, or is a time.
OPEN_FIELDS = {b"inactive", b"active-time", b"radix-tree-nodes", b"seen-time", b"idle"}


def _without_open_fields(value):
    if not isinstance(value, list):
        return "time" if isinstance(value, int) and value > 1 << 40 else value
    kept, position = [type(value).__name__], 0
    while position < len(value):
        if isinstance(value[position], bytes) and value[position] in OPEN_FIELDS:
            position += 2
            continue
        kept.append(_without_open_fields(value[position]))
        position += 1
    return kept


def informed(ours, oracle):
    """The same, but for times and what is newer than the oracle."""
    if isinstance(oracle.value, Error) or isinstance(ours.value, Error):
        return exact(ours, oracle)
    same = _without_open_fields(ours.value) == _without_open_fields(oracle.value)
    return None if same else "differs in more than times"


def pending(ours, oracle):
    """The same pending entries, idle for about as long."""
    if not isinstance(oracle.value, list) or not isinstance(ours.value, list):
        return exact(ours, oracle)
    if len(ours.value) != len(oracle.value):
        return "has other entries"
    for one, two in zip(ours.value, oracle.value):
        if [*one[:2], *one[3:]] != [*two[:2], *two[3:]] or abs(one[2] - two[2]) > 5000:
            return f"differs in {one}"
    return None


def automatic(ours, oracle):
    """Both are IDs of now."""
    if not isinstance(oracle.value, bytes) or not isinstance(ours.value, bytes):
        return exact(ours, oracle)
    one, two = (int(value.split(b"-")[0]) for value in (ours.value, oracle.value))
    return None if abs(one - two) < 60000 else "is of another time"


def shape(ours, oracle):
    return same_type(ours, oracle)


INFORMATION = [
    ("XINFO STREAM s", informed),
    ("XINFO STREAM s FULL", informed),
    ("XINFO STREAM s FULL COUNT 0", informed),
    ("XINFO GROUPS s", informed),
]
READS = ["XLEN s", "XRANGE s - +", "XREVRANGE s + -", "TYPE s", "OBJECT ENCODING s"]


def entries(count, start=1, fields="f {} g x", key="s"):
    return [f"XADD {key} {start + number}-{number % 3 + 1} " + fields.format(number) for number in range(count)]


def group(name="g", start="0", key="s"):
    return f"XGROUP CREATE {key} {name} {start} MKSTREAM"


BAD_IDS = ["x", "1-x", "x-1", "-", "+", "$", ">", "''", "1-", "-1", "1--1", "1-2-3", "18446744073709551616", "1-18446744073709551616", "1.5", "' 1'", "1-*", "*-1", "(1"]  # fmt: skip
ODD_IDS = ["007-01", "' 7-8'", "+9-+1", "18446744073709551614-18446744073709551615", "'20-\t1'"]
NO_INTEGERS = ["x", "''", "1.5", "' 1'", "9223372036854775808"]

ADDING = [
    case("XADD: given IDs", *entries(5), "XADD s 5-1 a b", "XADD s 4-9 a b", "XADD s 5-9 a b", "XADD s 6 a b", *READS),
    case("XADD: open sequence number", "XADD s 5-* a b", "XADD s 5-* a b", "XADD s 7-* a b", "XADD s 0-* a b", "XADD s 6-* a b", "XADD z 0-* a b", "XADD z 0-* a b", *READS),
    case("XADD: chosen ID", ("XADD s * a b", automatic), ("XADD s * a b", automatic), "XLEN s"),
    case("XADD: the last ID of all", "XADD s 18446744073709551615-18446744073709551614 a b", "XADD s 18446744073709551615-* a b", "XADD s * a b", "XADD s 18446744073709551615-* a b", "XADD s 1-1 a b", *READS),
    case("XADD: the last sequence number", "XADD s 5-18446744073709551615 a b", "XADD s 5-* a b", "XADD s 6-* a b", "XRANGE s - +"),
    case("XADD: the time is behind", "XADD s 18446744073709551600-18446744073709551615 a b", "XADD s * a b", "XRANGE s - +"),
    case("XADD: malformed IDs", *[["XADD", "s", *Step(f"X {text}").arguments[1:], "a", "b"] for text in BAD_IDS], "EXISTS s", "XADD s 0-0 a b", "XADD s 0 a b", "EXISTS s"),
    case("XADD: odd IDs", *[["XADD", "s", *Step(f"X {text}").arguments[1:], "a", "b"] for text in ODD_IDS], *READS),
    case("XADD: fields", "XADD s 1-1 a", "XADD s 1-1 a b c", "XADD s MAXLEN 3 1-1 a", "XADD s 1-1 a b a c", "XADD s 1-2 '' ''", ["XADD", "s", "1-3", b"\x00\r\n", b"\xff" * 300], *READS),
    case("XADD: other fields than the first entry's", "XADD s 1-1 a 1 b 2", "XADD s 1-2 a 3 b 4", "XADD s 1-3 b 5 a 6", "XADD s 1-4 a 7", "XADD s 1-5 a 8 b 9 c 10", "XADD s 1-6 a 1 b 2", *READS),
    case("XADD: numbers as fields", "XADD s 1-1 1 2 -3 4", "XADD s 1-2 1 127 -3 128", "XADD s 1-3 01 9223372036854775807 -3 -9223372036854775808", *READS),
    case("XADD: NOMKSTREAM", "XADD s NOMKSTREAM 1-1 a b", "EXISTS s", "XADD s 1-1 a b", "XADD s nomkstream 1-2 a b", "XADD s NOMKSTREAM NOMKSTREAM MAXLEN 1 1-3 a b", *READS),
    case("XADD: another type", "SET s x", "XADD s 1-1 a b", "XADD s x a b", "XADD s 0-0 a b", "GET s"),
    case("XADD: trimmed", *entries(10), "XADD s MAXLEN 5 20-1 a b", *READS, "XADD s MINID 8 21-1 a b", *READS, "XADD s MAXLEN = 2 22-1 a b", "XADD s MINID = 22 23-1 a b", *READS, "XADD s MAXLEN 0 24-1 a b", *READS, *INFORMATION),
    case("XADD: large values", *[["XADD", "s", f"{number}-1", "f", b"v" * size] for number, size in enumerate([10, 1000, 3000, 3000, 4000, 4096, 5000, 70000, 1], 1)], *READS, INFORMATION[0]),
    case(
        "XADD: wrong options",
        *[
            f"XADD {key} {words} 5-5 a b"
            for key in ("s", "n")
            for words in [
                "MAXLEN", "MAXLEN x", "MAXLEN -1", "MAXLEN ~ -1", "MAXLEN ~", "MINID", "MINID x", "MINID -", "MINID ~ x", "LIMIT 5", "LIMIT 0", "LIMIT -1", "LIMIT x", "LIMIT",
                "MAXLEN 5 LIMIT 1", "MAXLEN = 5 LIMIT 1", "MAXLEN ~ 5 LIMIT -1", "MAXLEN 5 MINID 1", "MAXLEN 5 MAXLEN 5", "MINID 1 MAXLEN 5", "MINID 1-x", "FOO", "FOO BAR",
            ]
        ],
        "XADD s MAXLEN ~ 5 LIMIT 0 7-7 a b",
        "XADD s LIMIT 5 MAXLEN ~ 5 8-8 a b",
        *READS,
    ),
    case("XADD: nodes of other sizes", "CONFIG SET stream-node-max-entries 3", *entries(10), INFORMATION[0], "CONFIG SET stream-node-max-entries 0", "CONFIG SET stream-node-max-bytes 200", *entries(30, 100), INFORMATION[0], "CONFIG SET stream-node-max-bytes 0", *entries(30, 200), INFORMATION[0], "XRANGE s - +", "CONFIG SET stream-node-max-bytes 4096", "CONFIG SET stream-node-max-entries 100"),
]  # fmt: skip

RANGES = [
    case("XLEN", "XLEN n", "SET t x", "XLEN t"),
    case(
        "XRANGE: bounds",
        *entries(8),
        *[
            f"{name} s {one} {two}"
            for one in ("-", "+", "2", "2-3", "(2-3", "(3", "5-1", "9", "0", "(-", "(18446744073709551615-18446744073709551615")
            for two in ("-", "+", "5", "(5", "5-2", "(5-3", "(0-0", "1-0", "100")
            for name in ("XRANGE", "XREVRANGE")
        ],
    ),
    case("XRANGE: malformed", *entries(2), *[[name, key, *words] for name in ("XRANGE", "XREVRANGE") for key in ("s", "n") for text in [*BAD_IDS, "((1", "("] for word in [Step(f"X {text}").arguments[1]] for words in ([word, "+"], ["-", word])]),
    case("XRANGE: COUNT", *entries(8), *[f"{name} s {bounds} COUNT {count}" for name, bounds in (("XRANGE", "- +"), ("XREVRANGE", "+ -")) for count in ("0", "1", "3", "8", "100", "-1", *NO_INTEGERS)], "XRANGE s - + COUNT", "XRANGE s - + FOO 1", "XRANGE s - + COUNT 1 COUNT 2", "XRANGE n - + COUNT 0", "XRANGE s - + 5"),
    case("XRANGE: another type", "SET s x", "XRANGE s - +", "XREVRANGE s + -", "XRANGE s - + COUNT 0"),
    case("XRANGE: many nodes", *[["XADD", "s", f"{number}-{number % 7}", "name", f"n{number}", f"f{number % 5}", "x" * (number % 90)] for number in range(1, 700)], *[f"XRANGE s {one} {one + 20}" for one in range(0, 700, 61)], *[f"XREVRANGE s {one + 20} {one} COUNT 7" for one in range(0, 700, 61)], INFORMATION[0]),
]  # fmt: skip

REMOVING = [
    case("XDEL", *entries(6), "XDEL s 3-3", "XDEL s 3-3", "XDEL s 1-1 6-3 6-3 9-9", *READS, *INFORMATION, "XDEL s 2-2 4 4-1 5-2", *READS, *INFORMATION, "XADD s 7-7 a b", *INFORMATION, "XADD s 6-6 a b"),
    case("XDEL: missing and malformed", "XDEL n 1-1", "XDEL n x", "XADD s 1-1 a b", "XDEL s 1-1 x", "XDEL s x 1-1", "XDEL s - +", "XLEN s", "SET t x", "XDEL t 1-1"),
    case("XDEL: of many nodes", *entries(350), *[["XDEL", "s", *[f"{number + 1}-{number % 3 + 1}" for number in range(first, 350, 3)]] for first in (2, 0)], "XLEN s", "XRANGE s 90 120", "XREVRANGE s 220 190", *INFORMATION[:1], "XADD s 500-1 f 1 g 2", "XTRIM s MAXLEN 20", *READS, ["XDEL", "s", *[f"{number + 1}-{number % 3 + 1}" for number in range(350)]], *READS, *INFORMATION),
    case("XTRIM: exactly", *entries(10), *[f"XTRIM s MAXLEN {count}" for count in ("20", "10", "7", "=", "x", "-1")], *READS, "XTRIM s MAXLEN = 5", "XTRIM s MINID 8", "XTRIM s MINID = 9-2", *READS, "XTRIM s MINID 100", *READS, *INFORMATION, "XADD s 100-1 a b", "XTRIM s MAXLEN 0", *INFORMATION),
    case("XTRIM: approximately", *entries(350), "XTRIM s MAXLEN ~ 340", "XTRIM s MAXLEN ~ 200", "XLEN s", "XTRIM s MAXLEN ~ 40 LIMIT 50", "XTRIM s MAXLEN ~ 40 LIMIT 150", "XLEN s", "XTRIM s MINID ~ 320", "XLEN s", "XTRIM s MINID ~ 1000 LIMIT 0", *READS, *INFORMATION),
    case("XTRIM: within the limit", *entries(350), "XTRIM s MAXLEN ~ 0 LIMIT 99", "XTRIM s MAXLEN ~ 0 LIMIT 100", "XTRIM s MAXLEN ~ 0 LIMIT 250", "XLEN s", "CONFIG SET stream-node-max-entries 1", "XTRIM s MAXLEN ~ 0", "XLEN s", "CONFIG SET stream-node-max-entries 100", "XTRIM s MAXLEN ~ 0", "XLEN s"),
    case("XTRIM: deleted entries between", *entries(120), ["XDEL", "s", *[f"{number + 1}-{number % 3 + 1}" for number in range(0, 110, 2)]], "XTRIM s MAXLEN 50", "XRANGE s - + COUNT 3", INFORMATION[0], "XTRIM s MAXLEN ~ 30", "XTRIM s MINID 60", "XRANGE s - + COUNT 3", INFORMATION[0]),
    case("XTRIM: behind what XSETID has set back", "XADD s 5-1 a b", "XADD s 18446744073709551615-18446744073709551615 a b", "XADD s 6-1 a b", "XDEL s 18446744073709551615-18446744073709551615", "XSETID s 7", "XADD s 8-1 a b", "XRANGE s - 8", "XREVRANGE s 8 -", "XADD s MAXLEN = 1 9-1 a b", *READS),
    case("XTRIM: wrong", "XADD s 1-1 a b", *[f"XTRIM {key} {words}" for key in ("s", "n", "t") for words in ("MAXLEN", "FOO 1", "MAXLEN 1 FOO", "LIMIT 1", "MAXLEN 1 LIMIT 2", "MAXLEN ~ 1 LIMIT", "MINID x", "MAXLEN 1 MINID 2", "MAXLEN ~ x", "MAXLEN 5 5", "NOMKSTREAM MAXLEN 1")], "SET t x", "XTRIM t MAXLEN 1", "XTRIM n MAXLEN 1"),
    case("XSETID: does not concern who watches", *entries(4), "WATCH s", "other> XSETID s 9-9", "MULTI", "XLEN s", "EXEC"),
    case(
        "XSETID",
        *entries(4),
        "XSETID s 4-1",
        "XSETID s 3",
        "XSETID s 4",
        "XSETID s 9-9",
        INFORMATION[0],
        *[f"XSETID s 20 {words}" for words in ("ENTRIESADDED 3", "ENTRIESADDED 4", "ENTRIESADDED -1", "ENTRIESADDED x", "ENTRIESADDED", "MAXDELETEDID 21", "MAXDELETEDID 3", "MAXDELETEDID x", "FOO 1", "ENTRIESADDED 10 MAXDELETEDID 20-0", "MAXDELETEDID 0-0")],
        "XSETID s 19",
        *INFORMATION,
        "XDEL s 1-1 2-2 3-3 4-1",
        "XSETID s 15",
        "XSETID s 30 ENTRIESADDED 0",
        *INFORMATION,
        "XSETID n 1-1",
        "XSETID n x",
        "SET t x",
        "XSETID t 1-1",
        "XADD s 30-0 a b",
        "XADD s 30-1 a b",
    ),
]  # fmt: skip

READING = [
    case(
        "XREAD",
        *entries(5),
        *entries(3, 10, key="r"),
        *[f"XREAD {options}STREAMS {streams}" for options in ("", "COUNT 2 ", "count 0 ", "COUNT -1 ") for streams in ("s 0", "s 3", "s 3-3", "s 5-2", "s $", "n 0", "s r 0 0", "s r 9 0", "r s n 11 0 0", "s s 0 3", "s 18446744073709551615-18446744073709551615")],
    ),
    case("XREAD: empty stream", "XADD s 1-1 a b", "XDEL s 1-1", "XREAD STREAMS s 0", "XREAD STREAMS s $", group(key="e"), "XREAD STREAMS e 0"),
    case("XREAD: the last entry is deleted", *entries(3), "XDEL s 3-3", "XREAD STREAMS s 2-2", "XREAD STREAMS s 1-1"),
    case(
        "XREAD: wrong",
        *entries(1),
        "SET t x",
        *[f"XREAD {words}" for words in ("STREAMS s", "STREAMS s 0 1", "COUNT 1 s 0", "COUNT x STREAMS s 0", "BLOCK x STREAMS s 0", "BLOCK -1 STREAMS s 0", "FOO STREAMS s 0", "STREAMS s >", "STREAMS s -", "STREAMS s x", "STREAMS n x", "GROUP g c STREAMS s 0", "NOACK STREAMS s 0", "STREAMS t 0", "STREAMS s t 0 0", "COUNT 1 BLOCK 1", "BLOCK 99999999999999999999 STREAMS s 0", "BLOCK 9223372036854775807 STREAMS s 0", "STREAMS s 1-*")],
    ),
    case("XREAD: waits for nothing", *entries(3), "XREAD BLOCK 10 STREAMS s 0", "XREAD BLOCK 10 STREAMS s $", "XREAD BLOCK 10 STREAMS n 0", "MULTI", "XREAD BLOCK 0 STREAMS s $", "XREAD BLOCK 0 STREAMS s 1", "XREADGROUP GROUP g c BLOCK 0 STREAMS s >", "EXEC"),
    case("XREAD: served", Send("XREAD BLOCK 0 STREAMS s $", on="a"), Silence(on="a"), "XADD s 1-1 a b", Read(on="a"), Send("XREAD BLOCK 0 STREAMS s $", on="a"), Silence(on="a"), "XADD s 1-2 c d", Read(on="a")),
    literal(
        "XREAD: the last entry",
        *entries(3),
        ("XREAD STREAMS s +", [[b"s", [[b"3-3", [b"f", b"2", b"g", b"x"]]]]], Map([b"s", [[b"3-3", [b"f", b"2", b"g", b"x"]]]])),
        "XDEL s 3-3",
        ("XREAD STREAMS s +", [[b"s", [[b"2-2", [b"f", b"1", b"g", b"x"]]]]], Map([b"s", [[b"2-2", [b"f", b"1", b"g", b"x"]]]])),
        ("XREAD STREAMS n +", b"*-1\r\n", b"_\r\n"),
        group(),
        ("XREADGROUP GROUP g c STREAMS s +", lambda value: isinstance(value, Error) and value.startswith(b"ERR The + ID is meaningless")),
    ),
]  # fmt: skip

PEL = [("XPENDING s g", exact), ("XPENDING s g - + 100", pending)]

GROUPS = [
    case(
        "XGROUP CREATE",
        "XGROUP CREATE s g 0",
        "XGROUP CREATE s g 0 MKSTREAM",
        "XGROUP CREATE s g 0",
        "XGROUP CREATE s g 0 MKSTREAM",
        *READS,
        *INFORMATION,
        *entries(4),
        *[f"XGROUP CREATE s h{number} {words}" for number, words in enumerate(["$", "2", "3-3", "-", "x", "0 FOO", "0 ENTRIESREAD 2", "0 ENTRIESREAD -1", "0 ENTRIESREAD -2", "0 ENTRIESREAD x", "0 ENTRIESREAD", "$ MKSTREAM ENTRIESREAD 3", "18446744073709551615", "1 mkstream mkstream"])],
        *INFORMATION,
        "SET t x",
        "XGROUP CREATE t g 0 MKSTREAM",
        "XGROUP CREATE t g 0",
        "XGROUP CREATE n g x MKSTREAM",
        "EXISTS n",
        ["XGROUP", "CREATE", "s", b"\x00\xff", "0"],
        ["XGROUP", "CREATE", "s", "", "0"],
        *INFORMATION,
        "XGROUP FOO s g",
        "XGROUP",
        ("XGROUP HELP", shape),
    ),
    case("XGROUP SETID", group(), *entries(4), "XGROUP SETID s g 2", *INFORMATION, "XGROUP SETID s g $", "XGROUP SETID s g x", "XGROUP SETID s g 1 ENTRIESREAD 1", *INFORMATION, "XGROUP SETID s g 1 MKSTREAM", "XGROUP SETID s h 1", "XGROUP SETID n h 1", "XREADGROUP GROUP g c STREAMS s >", "XGROUP SETID s g 0", "XREADGROUP GROUP g d STREAMS s >", *PEL, *INFORMATION),
    case(
        "XREADGROUP: goes on where it was, whatever was deleted or added meanwhile",
        group(),
        *entries(5),
        *[step for turn in range(4) for step in ("XREADGROUP GROUP g c COUNT 1 STREAMS s >", f"XADD s {100 + turn}-1 f {'v' * turn * 30}", f"XDEL s {turn + 1}-1")],
        "XDEL s 5-1",
        *["XREADGROUP GROUP g c COUNT 2 STREAMS s >"] * 3,
        "XTRIM s MAXLEN 0",
        "XADD s 200-1 long name and value",
        "XREADGROUP GROUP g c COUNT 1 STREAMS s >",
        "XDEL s 200-1",
        "XSETID s 150-1",
        "XADD s 200-1 a b",
        "XADD s 201-1 a b",
        *["XREADGROUP GROUP g c COUNT 1 STREAMS s >"] * 3,
        "XGROUP SETID s g 0",
        *["XREADGROUP GROUP g c COUNT 1 STREAMS s >"] * 3,
        *[f"XADD s {300 + number}-1 f {number}" for number in range(150)],
        *["XREADGROUP GROUP g c COUNT 49 STREAMS s >", "XTRIM s MAXLEN ~ 60"] * 4,
        *PEL,
    ),
    case("XGROUP DESTROY", group(), group("h"), *entries(3), "XREADGROUP GROUP g c STREAMS s >", "XGROUP DESTROY s g", "XGROUP DESTROY s g", "XGROUP DESTROY n g", "XPENDING s g", *INFORMATION, "SET t x", "XGROUP DESTROY t g", "XGROUP DESTROY s h", *INFORMATION),
    case("XGROUP CREATECONSUMER", group(), "XGROUP CREATECONSUMER s g c", "XGROUP CREATECONSUMER s g c", "XGROUP CREATECONSUMER s h c", "XGROUP CREATECONSUMER n h c", ["XGROUP", "CREATECONSUMER", "s", "g", b"\x00"], "XGROUP CREATECONSUMER s g ''", ("XINFO CONSUMERS s g", informed), "XINFO CONSUMERS s h", "XINFO CONSUMERS n g", "SET t x", "XGROUP CREATECONSUMER t g c", "XINFO CONSUMERS t g"),
    case("XGROUP DELCONSUMER", group(), *entries(4), "XREADGROUP GROUP g c COUNT 3 STREAMS s >", "XREADGROUP GROUP g d STREAMS s >", "XGROUP DELCONSUMER s g c", "XGROUP DELCONSUMER s g c", *PEL, "XGROUP DELCONSUMER s h c", "XGROUP DELCONSUMER n h c", ("XINFO CONSUMERS s g", informed), *INFORMATION, "XREADGROUP GROUP g c STREAMS s >"),
    case(
        "XREADGROUP",
        group(),
        group("h", "$"),
        *entries(5),
        "XREADGROUP GROUP g c COUNT 2 STREAMS s >",
        *PEL,
        "XREADGROUP GROUP g d COUNT 1 STREAMS s >",
        "XREADGROUP GROUP g c NOACK COUNT 1 STREAMS s >",
        "XREADGROUP GROUP h c STREAMS s >",
        *PEL,
        *INFORMATION,
        *[f"XREADGROUP GROUP g {name} {count}STREAMS s {start}" for name in ("c", "d", "e") for count in ("", "COUNT 1 ") for start in ("0", "1-1", "2", "100")],
        *PEL,
        "XREADGROUP GROUP g c STREAMS s >",
        "XREADGROUP GROUP g c STREAMS s >",
        "XDEL s 1-1",
        "XREADGROUP GROUP g c STREAMS s 0",
        *PEL,
        *INFORMATION,
        ("XINFO CONSUMERS s g", informed),
    ),
    case("XREADGROUP: several streams", group(), group(key="r"), *entries(3), *entries(3, 10, key="r"), "XREADGROUP GROUP g c COUNT 2 STREAMS s r > >", "XREADGROUP GROUP g c STREAMS s s > >", "XREADGROUP GROUP g c COUNT 1 STREAMS s r s 0 > 0", "XREADGROUP GROUP g c STREAMS r s > 0", "XREADGROUP GROUP g c STREAMS s r > >", "XREADGROUP GROUP g c STREAMS s r 0 >", *PEL, "XPENDING r g"),
    case(
        "XREADGROUP: wrong",
        group(),
        *entries(2),
        "SET t x",
        *[f"XREADGROUP {words}" for words in ("GROUP g c STREAMS s", "GROUP h c STREAMS s >", "GROUP g c STREAMS n >", "GROUP g c STREAMS t >", "GROUP g c STREAMS s $", "GROUP g c STREAMS s x", "GROUP g c STREAMS s -", "COUNT 1 NOACK STREAMS s x >", "COUNT 1 NOACK NOACK STREAMS s >", "GROUP g c STREAMS s n > >", "GROUP g c COUNT x STREAMS s >", "GROUP g c FOO STREAMS s >", "GROUP g STREAMS s 0 1 2", "GROUP g c COUNT 1 BLOCK 5", "GROUP g c BLOCK 5 STREAMS s n 0 0")],
        ("XINFO CONSUMERS s g", informed),
    ),
    case("XREADGROUP: waits for nothing", group(), "XREADGROUP GROUP g c BLOCK 10 STREAMS s >", "XREADGROUP GROUP g c BLOCK 10 STREAMS s 0", *entries(1), "XREADGROUP GROUP g c BLOCK 10 STREAMS s >", "XREADGROUP GROUP g c BLOCK 10 STREAMS s >", *PEL, ("XINFO CONSUMERS s g", informed)),
    case("groups: how far they have come", *entries(6), *[f"XGROUP CREATE s g{number} {start}" for number, start in enumerate(["0", "1-1", "2-2", "6-3", "9", "3"])], *INFORMATION, "XREADGROUP GROUP g0 c COUNT 2 STREAMS s >", "XREADGROUP GROUP g2 c COUNT 1 STREAMS s >", *INFORMATION, "XDEL s 4-1", *INFORMATION, "XREADGROUP GROUP g0 c COUNT 2 STREAMS s >", "XREADGROUP GROUP g1 c COUNT 1 STREAMS s >", *INFORMATION, "XTRIM s MAXLEN 2", *INFORMATION, *[f"XREADGROUP GROUP g{number} c STREAMS s >" for number in range(6)], *INFORMATION, *entries(2, 20), *INFORMATION, "XDEL s 20-1 21-2", *INFORMATION),
    case("groups: lag after everything is trimmed", *entries(4), group(), "XREADGROUP GROUP g c COUNT 2 STREAMS s >", "XTRIM s MAXLEN 0", *INFORMATION, *entries(2, 10), *INFORMATION, "XREADGROUP GROUP g c COUNT 1 STREAMS s >", *INFORMATION),
]  # fmt: skip

CLAIMING = [
    case("XACK", group(), *entries(5), "XREADGROUP GROUP g c COUNT 3 STREAMS s >", "XREADGROUP GROUP g d STREAMS s >", "XACK s g 1-1", "XACK s g 1-1 4-1 9-9", *PEL, "XACK s g x", "XACK s g 2-2 x", "XACK s h 2-2", "XACK n h x", "XACK n g 1", "XACK s g 2-2 3-3 5-2", *PEL, *INFORMATION, "SET t x", "XACK t g 1"),
    case(
        "XPENDING",
        group(),
        *entries(6),
        "XREADGROUP GROUP g c COUNT 3 STREAMS s >",
        "XREADGROUP GROUP g d STREAMS s >",
        *[(f"XPENDING s g {words}", pending) for words in ("- + 10", "- + 2", "- + 0", "- + -1", "2 5 10", "(2-2 (5-2 10", "- + 10 c", "- + 10 d", "- + 10 e", "+ - 10", "3-3 3-3 1 c", "IDLE 0 - + 10", "IDLE 100000 - + 10", "IDLE -5 - + 3 c")],
        *[(f"XPENDING s {words}", pending) for words in ("h", "h - + 10", "g - +", "g - + x", "g x + 1", "g - x 1", "g IDLE 5 - +", "g IDLE x - + 1", "g - + 1 c d", "g - + 1 c d e f g", "g FOO 1 - + 1", "g (18446744073709551615-18446744073709551615 + 1", "g - (0-0 1")],
        "XPENDING n g",
        "XPENDING n g - + x",
        "SET t x",
        "XPENDING t g",
    ),
    case(
        "XCLAIM",
        group(),
        *entries(8),
        "XREADGROUP GROUP g c COUNT 6 STREAMS s >",
        "XCLAIM s g d 0 1-1",
        *PEL,
        "XCLAIM s g d 0 2-2 3-3 9-9 7-1 JUSTID",
        "XCLAIM s g d 100000 4-1",
        "XCLAIM s g d -5 4-1 RETRYCOUNT 7",
        "XCLAIM s g e 0 4-1 JUSTID RETRYCOUNT 9 IDLE 5000",
        "XCLAIM s g e 0 5-2 TIME 1000 RETRYCOUNT 0",
        ("XPENDING s g 5-2 5-2 1", lambda ours, oracle: None if ours.value[0][3] == oracle.value[0][3] == 0 else "differs"),
        "XCLAIM s g e 0 5-2 TIME 99999999999999 RETRYCOUNT -1",
        "XCLAIM s g e 0 5-2 IDLE -100000",
        *PEL,
        "XCLAIM s g e 0 7-1 FORCE",
        "XCLAIM s g e 0 8-2 FORCE JUSTID",
        "XCLAIM s g e 0 9-9 FORCE",
        "XCLAIM s g e 0 1-1 LASTID 7-1",
        *PEL,
        *INFORMATION,
        "XDEL s 1-1 2-2",
        "XCLAIM s g f 0 1-1 2-2 3-3",
        "XCLAIM s g f 100000 2-2 3-3",
        *PEL,
        *INFORMATION,
    ),
    case("XCLAIM: wrong", group(), *entries(3), "XREADGROUP GROUP g c STREAMS s >", *[f"XCLAIM {words}" for words in ("s h d 0 1-1", "n g d 0 1-1", "s g d x 1-1", "s g d 0 x", "s g d 0 1-1 x", "s g d 0 1-1 IDLE x", "s g d 0 1-1 IDLE", "s g d 0 1-1 TIME x", "s g d 0 1-1 RETRYCOUNT x", "s g d 0 1-1 LASTID x", "s g d 0 FORCE", "s g d 0 1-1 FORCE 2-2", "s g '' 0 1-1")], "SET t x", "XCLAIM t g d 0 1-1", ("XINFO CONSUMERS s g", informed), *PEL),
    case(
        "XAUTOCLAIM",
        group(),
        *entries(12),
        "XREADGROUP GROUP g c COUNT 10 STREAMS s >",
        "XAUTOCLAIM s g d 0 - COUNT 3",
        "XAUTOCLAIM s g d 0 4-1 COUNT 3 JUSTID",
        "XAUTOCLAIM s g d 0 (9-3",
        "XAUTOCLAIM s g d 100000 -",
        "XAUTOCLAIM s g d 100000 - COUNT 1",
        "XAUTOCLAIM s g d 0 100",
        *PEL,
        "XDEL s 2-2 3-3 5-2",
        "XAUTOCLAIM s g e 0 0 COUNT 2",
        *PEL,
        "XAUTOCLAIM s g e 0 0 JUSTID",
        *PEL,
        *INFORMATION,
        *[f"XAUTOCLAIM {words}" for words in ("s h d 0 0", "n g d 0 0", "s g d x 0", "s g d 0 x", "s g d 0 +", "s g d 0 0 COUNT", "s g d 0 0 COUNT 0", "s g d 0 0 COUNT -1", "s g d 0 0 COUNT x", "s g d 0 0 FOO", "s g d -1 0 COUNT 1", "n h d x 0", "s g d 0 (18446744073709551615-18446744073709551615", "s g d 0 0 COUNT 9223372036854775807")],
        "SET t x",
        "XAUTOCLAIM t g d 0 0",
        "XACK s g 1-1",
        "XAUTOCLAIM s g new 0 0 COUNT 1",
    ),
    case("XINFO", *[f"XINFO {words}" for words in ("STREAM n", "GROUPS n", "CONSUMERS n g", "FOO s", "STREAM", "STREAM n FULL", "STREAM n FOO")], *entries(15), group(), "XREADGROUP GROUP g c COUNT 13 STREAMS s >", *INFORMATION, *[(f"XINFO STREAM s {words}", informed) for words in ("FULL COUNT 3", "full count -1", "FULL COUNT x", "FULL COUNT", "FOO", "FULL 3", "FULL COUNT 3 4", "FULL FOO 3")], ("XINFO HELP", shape), "SET t x", "XINFO STREAM t", "XINFO GROUPS t"),
]  # fmt: skip

OTHERS = [
    case("streams: other commands", *entries(3), group(), "XREADGROUP GROUP g c COUNT 2 STREAMS s >", "GET s", "LPUSH s x", "SORT s", "COPY s r", "XRANGE r - +", "XPENDING r g", "XACK r g 1-1", *PEL, "RENAME s q", "XRANGE q - +", "XPENDING q g", "EXPIRE q 100", "PERSIST q", "DEL q", "EXISTS q", "XPENDING r g", "TYPE r", "MOVE r 1", "EXISTS r", "SELECT 1", "XLEN r", "UNLINK r"),
    case("streams: many entries go", *[["XADD", "s", f"{number}-1", "f", b"v" * 1000] for number in range(1, 400)], group(), ("XREADGROUP GROUP g c COUNT 300 STREAMS s >", exact), "COPY s r", "DEL s", "XLEN r", "XPENDING r g", "XGROUP DESTROY r g", "FLUSHALL", "EXISTS r"),
    case("streams: in transactions", "WATCH s", "other> XADD s 1-1 a b", "MULTI", "XADD s 2-2 a b", "EXEC", "WATCH s", "other> XREAD STREAMS s 0", "other> XGROUP CREATE s g 0", "MULTI", "XADD s 2-2 a b", "XREADGROUP GROUP g c STREAMS s >", "XACK s g 1-1", "EXEC", "WATCH s", "other> XTRIM s MAXLEN 1", "MULTI", "PING", "EXEC", "WATCH s", "other> XDEL s 2-2", "MULTI", "PING", "EXEC", "XLEN s"),
]  # fmt: skip

NEWER = [
    literal(
        "XDELEX",
        *entries(6),
        group(),
        group("h"),
        "XREADGROUP GROUP g c COUNT 4 STREAMS s >",
        "XREADGROUP GROUP h c COUNT 2 STREAMS s >",
        ("XDELEX s IDS 2 1-1 9-9", [1, -1]),
        ("XPENDING s g", [4, b"1-1", b"4-1", [[b"c", b"4"]]]),
        ("XDELEX s DELREF IDS 1 2-2", [1]),
        ("XPENDING s g", [3, b"1-1", b"4-1", [[b"c", b"3"]]]),
        ("XPENDING s h", [1, b"1-1", b"1-1", [[b"c", b"1"]]]),
        ("XDELEX s ACKED IDS 2 3-3 5-2", [2, 2]),
        ("XLEN s", 4),
        "XREADGROUP GROUP h c STREAMS s >",
        ("XACK s g 3-3", 1),
        ("XDELEX s ACKED IDS 1 3-3", [2]),
        ("XACK s h 3-3", 1),
        ("XDELEX s acked IDS 2 3-3 3-3", [1, -1]),
        ("XDELEX s IDS 0 1-1", Error(b"ERR Number of IDs must be a positive integer")),
        ("XDELEX s IDS 3 1-1 2-2", Error(b"ERR The `numids` parameter must match the number of arguments")),
        ("XDELEX s IDS 1 x", Error(b"ERR Invalid stream ID specified as stream command argument")),
        ("XDELEX s FOO 1 1-1", Error(b"ERR syntax error")),
        ("XDELEX n IDS 2 1-1 2-2", [-1, -1]),
    ),
    literal(
        "XACKDEL",
        *entries(6),
        group(),
        group("h"),
        "XREADGROUP GROUP g c STREAMS s >",
        "XREADGROUP GROUP h c STREAMS s >",
        ("XACKDEL s g IDS 3 1-1 1-1 9-9", [1, -1, -1]),
        ("XPENDING s h", [6, b"1-1", b"6-3", [[b"c", b"6"]]]),
        ("XACKDEL s g DELREF IDS 1 2-2", [1]),
        ("XPENDING s h", [5, b"1-1", b"6-3", [[b"c", b"5"]]]),
        ("XACKDEL s g ACKED IDS 1 3-3", [2]),
        ("XLEN s", 4),
        ("XACKDEL s h ACKED IDS 1 3-3", [1]),
        ("XLEN s", 3),
        ("XACKDEL s i IDS 1 4-1", [-1]),
        ("XACKDEL n g IDS 1 4-1", [-1]),
    ),
    literal(
        "XTRIM and XADD with regard to groups",
        *entries(6),
        group(),
        "XREADGROUP GROUP g c COUNT 3 STREAMS s >",
        ("XACK s g 2-2", 1),
        ("XTRIM s MAXLEN 0 ACKED", 1),
        ("XLEN s", 5),
        ("XTRIM s MAXLEN 4 DELREF", 1),
        ("XPENDING s g", [1, b"3-3", b"3-3", [[b"c", b"1"]]]),
        ("XTRIM s MAXLEN 3 KEEPREF", 1),
        ("XPENDING s g", [1, b"3-3", b"3-3", [[b"c", b"1"]]]),
        ("XADD s DELREF MAXLEN 1 10-1 a b", b"10-1"),
        ("XLEN s", 1),
    ),
]  # fmt: skip

CASES = ADDING + RANGES + REMOVING + READING + GROUPS + CLAIMING + OTHERS + NEWER + wrong_arity(ARITIES)
