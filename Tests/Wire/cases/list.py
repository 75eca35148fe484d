"""Cases of the group "list"."""

from harness.case import case, literal, wrong_arity
from harness.resp import Error, Simple

ARITIES = {
    "BLMOVE": 6,
    "BLMPOP": -5,
    "BLPOP": -3,
    "BRPOP": -3,
    "BRPOPLPUSH": 4,
    "LINDEX": 3,
    "LINSERT": 5,
    "LLEN": 2,
    "LMOVE": 5,
    "LMPOP": -4,
    "LPOP": -2,
    "LPOS": -3,
    "LPUSH": -3,
    "LPUSHX": -3,
    "LRANGE": 4,
    "LREM": 4,
    "LSET": 4,
    "LTRIM": 4,
    "RPOP": -2,
    "RPOPLPUSH": 3,
    "RPUSH": -3,
    "RPUSHX": -3,
}

# Texts that a listpack stores in all its ways.
TEXTS = [
    "0", "127", "128", "-1", "4095", "-4096", "4096", "-4097", "32767", "-32768", "32768", "8388607", "-8388608",
    "8388608", "2147483647", "-2147483648", "2147483648", "9223372036854775807", "-9223372036854775808",
    "9223372036854775808", "-0", "01", "+1", "1.0", "", " 1", "a", "hello world", "x" * 9, "x" * 10, "x" * 31,
    "x" * 32, "x" * 33, "x" * 63, "x" * 64, "x" * 99, "x" * 100, "x" * 127, "x" * 999, "x" * 1000, "x" * 4095,
    "x" * 4096, "x" * 8191, "x" * 8192, "x" * 8193, "x" * 9999, "x" * 32768, "x" * 32769, "x" * 70000,
]  # fmt: skip
INDICES = ["0", "1", "3", "4", "5", "-1", "-5", "-6", "100", "-100", "9223372036854775807", "-9223372036854775808"]
NO_INTEGERS = ["x", "''", "1.5", "' 1'", "01", "9223372036854775808"]
READS = ["LRANGE k 0 -1", "LLEN k", "EXISTS k", "TYPE k"]


def numbered(count, size=0):
    return [f"{number}".rjust(size, "-") if number % 3 else str(number) for number in range(count)]


BASIC = [
    case("push: order", "LPUSH k a b c", "RPUSH k d e f", *READS, "LPUSH k 1", "RPUSH k 2", *READS),
    case("push: only if present", "LPUSHX k a", "RPUSHX k a b", "EXISTS k", "RPUSH k x", "LPUSHX k a b", "RPUSHX k c d", *READS),
    case("push: texts of all kinds, front", ["LPUSH", "k", *TEXTS], *READS),
    case("push: texts of all kinds, end", *[["RPUSH", "k", text] for text in TEXTS], *READS),
    case("push: binary texts and key", ["RPUSH", b"\x00\xff\r\n", b"\x00", b"\r\n", b"\xff" * 70], ["LRANGE", b"\x00\xff\r\n", "0", "-1"]),
    case("push: many in one command", ["RPUSH", "k", *numbered(5000)], "LLEN k", "LRANGE k 2490 2510", ["LPUSH", "k", *numbered(3000, 40)], "LLEN k", "LRANGE k 2990 3010", "LRANGE k 0 -1"),
    case("pop: both ends", "RPUSH k a b c d e", "LPOP k", "RPOP k", *READS, "LPOP k", "LPOP k", "RPOP k", *READS, "LPOP k", "RPOP k"),
    case("pop: texts of all kinds", ["RPUSH", "k", *TEXTS], *["LPOP k", "RPOP k"] * (len(TEXTS) // 2 + 1)),
    case(
        "pop: with a count",
        "RPUSH k a b c d e f g h",
        *[f"{name} k {count}" for name in ("LPOP", "RPOP") for count in ("0", "1", "2")],
        "LRANGE k 0 -1",
        "LPOP k 100",
        "EXISTS k",
        "LPOP k 0",
        "LPOP k 1",
        "RPOP k 1",
        "RPUSH k a b c",
        "RPOP k 9223372036854775807",
        "EXISTS k",
    ),
    case(
        "pop: wrong counts",
        "RPUSH k a b c",
        *[f"{name} {key} {count}" for name in ("LPOP", "RPOP") for key in "kn" for count in ["-1", *NO_INTEGERS]],
        "LPOP k 1 2",
        "RPOP k 1 2",
        "LLEN k",
    ),
    case("pop: many with a count", ["RPUSH", "k", *numbered(9000, 20)], "LPOP k 1000", "RPOP k 1500", "LLEN k", "LRANGE k 0 5", "LRANGE k -5 -1", "RPOP k 6499", *READS),
    case("LLEN: missing", "LLEN k"),
]  # fmt: skip

READING = [
    case("LINDEX", "RPUSH k a b c d e", *[f"LINDEX k {index}" for index in INDICES + NO_INTEGERS], "LINDEX n 0", "LINDEX n x"),
    case("LINDEX: long list", ["RPUSH", "k", *numbered(4000, 30)], *[f"LINDEX k {index}" for index in range(-4001, 4002, 67)]),
    case("LRANGE", "RPUSH k a b c d e", *[f"LRANGE k {one} {two}" for one in INDICES for two in INDICES]),
    case("LRANGE: no integers", "RPUSH k a", *[f"LRANGE {key} {word} 0" for key in "kn" for word in NO_INTEGERS], "LRANGE k 0 x", "LRANGE n 0 1"),
    case(
        "LRANGE: long list",
        ["RPUSH", "k", *numbered(3000, 30)],
        *[f"LRANGE k {one} {one + length}" for one in range(-3100, 3100, 371) for length in (0, 10, 400, 2000)],
    ),
    case("LPOS: first match", "RPUSH k a b c 1 2 3 c c", *[f"LPOS k {text}" for text in ("a", "c", "1", "x", "01", "''")], "LPOS n a"),
    case(
        "LPOS: options",
        "RPUSH k a b c a b c a b c",
        *[
            f"LPOS k {text} RANK {rank}{count}{limit}"
            for text in ("a", "c", "x")
            for rank in (1, 2, 4, -1, -3, -4, "9223372036854775807", "-9223372036854775807")
            for count in ("", " COUNT 0", " COUNT 1", " COUNT 2")
            for limit in ("", " MAXLEN 0", " MAXLEN 1", " MAXLEN 5")
        ],
        "LPOS k c maxlen 7 count 0 rank -2",
        "LPOS k c COUNT 2 COUNT 1",
    ),
    case(
        "LPOS: wrong options",
        "RPUSH k a b a",
        *[
            f"LPOS {key} a {words}"
            for key in "kn"
            for words in ["RANK 0", "RANK", "COUNT", "MAXLEN", "FOO", "FOO 1", "COUNT -1", "MAXLEN -1", "COUNT 1 MAXLEN"]
            + [f"{option} {word}" for option in ("RANK", "COUNT", "MAXLEN") for word in NO_INTEGERS]
        ],
        "LPOS n a COUNT 1",
    ),
    case("LPOS: long list", ["RPUSH", "k", *numbered(3000, 30), *numbered(100)], "LPOS k 99 COUNT 0", "LPOS k 0 RANK -1", "LPOS k 2997 COUNT 3", ["LPOS", "k", "1".rjust(30, "-")]),
]  # fmt: skip

CHANGING = [
    case("LSET", "RPUSH k a b c d e", *[step for index in INDICES + NO_INTEGERS for step in (f"LSET k {index} new{index}", "LRANGE k 0 -1")], "LSET n 0 a", "LSET n x a"),
    case("LSET: texts of all kinds", "RPUSH k a b c", *[step for text in TEXTS for step in (["LSET", "k", "1", text], "LINDEX k 1", "LRANGE k 0 0")], *READS),
    case("LSET: long list", ["RPUSH", "k", *numbered(3000, 30)], *[["LSET", "k", index, f"new {index}"] for index in range(-3000, 3000, 171)], *[["LSET", "k", index, "x" * 9000] for index in range(0, 3000, 611)], "LRANGE k 0 -1"),
    case(
        "LSET: large elements become small again",
        *[["RPUSH", "k", f"{number}" * 9000] for number in range(5)],
        *[["LSET", "k", index, f"small {index}"] for index in (0, 4, 2, 1, 3)],
        *READS,
    ),
    case("LINSERT", "RPUSH k a b c", "LINSERT k BEFORE a 1", "LINSERT k after c 2", "LINSERT k Before b 3", "LINSERT k AFTER b 4", "LINSERT k AFTER x 5", "LINSERT n AFTER x 5", "LINSERT k FOO a b", "LINSERT n FOO a b", *READS),
    case("LINSERT: integers", "RPUSH k 1 2 3 200 300", "LINSERT k BEFORE 200 199", "LINSERT k AFTER 03 x", "LINSERT k AFTER 3 x", *READS),
    case(
        "LINSERT: long list",
        ["RPUSH", "k", *numbered(2000, 30)],
        *[["LINSERT", "k", where, number, f"{where} {number}"] for number in range(0, 2000, 150) for where in ("BEFORE", "AFTER")],
        *[["LINSERT", "k", where, number, where * 2000] for number in range(0, 2000, 450) for where in ("BEFORE", "AFTER")],
        "LLEN k",
        "LRANGE k 0 -1",
    ),
    case("LINSERT: many at one place", "RPUSH k first pivot last", *[f"LINSERT k BEFORE pivot {'x' * 60}{number}" for number in range(500)], "LRANGE k 0 -1"),
    case("LREM", *[step for count in (0, 1, 2, 9, -1, -2, -9) for step in ("DEL k", "RPUSH k a b a c a b 1 a", f"LREM k {count} a", "LRANGE k 0 -1")], "LREM k 0 x", "LREM k 0 1", "LREM n 0 a", *READS),
    case("LREM: everything", "RPUSH k a a a", "LREM k 0 a", "EXISTS k", "RPUSH k 5 5", "LREM k -5 5", "EXISTS k"),
    case("LREM: no integers", "RPUSH k a", *[f"LREM {key} {word} a" for key in "kn" for word in NO_INTEGERS], "LREM k 9223372036854775807 a"),
    case(
        "LREM: long list",
        ["RPUSH", "k", *numbered(3000, 30), *numbered(3000, 30), "x" * 9000, "y", "x" * 9000],
        *[["LREM", "k", count, number] for number in range(0, 3000, 300) for count in (1, -1)],
        ["LREM", "k", "0", "x" * 9000],
        ["LREM", "k", "-1", "y"],
        "LLEN k",
        "LRANGE k 0 -1",
    ),
    case("LTRIM", *[step for one in INDICES for two in ("0", "2", "-1", "-2", "100", "-100") for step in ("DEL k", "RPUSH k a b c d e", f"LTRIM k {one} {two}", "LRANGE k 0 -1")], "LTRIM n 0 1"),
    case("LTRIM: no integers", "RPUSH k a", *[f"LTRIM {key} {word} 0" for key in "kn" for word in NO_INTEGERS], "LTRIM k 0 x", *READS),
    case("LTRIM: long list", ["RPUSH", "k", *numbered(6000, 30)], "LTRIM k 1 -2", "LLEN k", "LTRIM k 700 -900", "LLEN k", "LRANGE k 0 -1", "LTRIM k 1000 1010", *READS, "LTRIM k 5 4", "EXISTS k"),
]  # fmt: skip

ENDS = [(one, two) for one in ("LEFT", "RIGHT") for two in ("left", "Right")]
MOVING = [
    case(
        "LMOVE: between lists",
        *[
            step
            for one, two in ENDS
            for step in ("DEL a b", "RPUSH a 1 2 3", f"LMOVE a b {one} {two}", f"LMOVE a b {one} {two}", f"LMOVE a b {one} {two}", f"LMOVE a b {one} {two}", "EXISTS a", "LRANGE b 0 -1")
        ],
    ),
    case("LMOVE: within a list", "RPUSH a 1 2 3 x", *[step for one, two in ENDS for step in (f"LMOVE a a {one} {two}", "LRANGE a 0 -1")], "DEL a", "RPUSH a 1", *[f"LMOVE a a {one} {two}" for one, two in ENDS], "LRANGE a 0 -1"),
    case("LMOVE: missing, wrong words", "LMOVE n a LEFT RIGHT", "RPUSH a 1", "LMOVE a b UP LEFT", "LMOVE a b LEFT UP", "LMOVE n b LEFT UP", "EXISTS b"),
    case("LMOVE: wrong types", "SET s x", "RPUSH a 1", "LMOVE s a LEFT LEFT", "LMOVE a s LEFT LEFT", "LMOVE n s LEFT LEFT", "LMOVE s s LEFT LEFT", "LRANGE a 0 -1", "RPOPLPUSH a s", "RPOPLPUSH s a"),
    case("RPOPLPUSH", "RPUSH a 1 2 3", "RPOPLPUSH a b", "RPOPLPUSH a b", "RPOPLPUSH a a", "RPOPLPUSH b b", "RPOPLPUSH a b", "RPOPLPUSH a b", "EXISTS a", "LRANGE b 0 -1", "RPOPLPUSH b b"),
    case("LMOVE: texts of all kinds", ["RPUSH", "a", *TEXTS], *["LMOVE a b RIGHT LEFT", "RPOPLPUSH a a"] * (len(TEXTS) + 1), "LRANGE b 0 -1", "EXISTS a", *["RPOPLPUSH b b"] * 10),
    case("LMOVE: a time to live stays", "RPUSH a 1 2", "RPUSH b 1", "EXPIRE a 100", "EXPIRE b 200", "LMOVE a b LEFT LEFT", "TTL a", "TTL b", "LMOVE a c LEFT LEFT", "TTL a", "TTL c"),
    case("LMPOP", "RPUSH a 1 2 3 4 5", "RPUSH b x y z", "LMPOP 2 a b LEFT", "LMPOP 2 b a RIGHT", "LMPOP 3 n a b right COUNT 2", "LMPOP 2 a b LEFT count 100", "EXISTS a", "LMPOP 2 a b RIGHT COUNT 2", "EXISTS a b", "LMPOP 2 a b LEFT", "LMPOP 2 a b LEFT COUNT 5"),
    case(
        "LMPOP: wrong arguments",
        "RPUSH l a b",
        *[f"LMPOP {words}" for words in ("0 l LEFT", "-1 l LEFT", "x l LEFT", "1.5 l LEFT", "1 l UP", "2 l LEFT", "3 l LEFT", "1 l LEFT COUNT", "1 l LEFT COUNT 0", "1 l LEFT COUNT -1", "1 l LEFT COUNT x", "1 l LEFT COUNT 1 COUNT 1", "1 l LEFT COUNT x COUNT 1", "1 l LEFT FOO 1", "1 l LEFT FOO", "9223372036854775807 l LEFT", "4294967297 l LEFT")],
        "SET s x",
        "LMPOP 2 s l LEFT",
        "LMPOP 2 n s LEFT",
        "LMPOP 2 l s LEFT",
    ),
]  # fmt: skip

WAITING = [
    case("BLPOP: there is something", "RPUSH a 1 2 3", "BLPOP a 0", "BRPOP a 0", "BLPOP n a 1", "EXISTS a", "RPUSH b x y", "BRPOP a b 0.5"),
    case("BLPOP: wrong timeouts", "RPUSH a 1", *[f"{name} a {timeout}" for name in ("BLPOP", "BRPOP") for timeout in ("x", "-1", "''", "nan", "inf", "1e300", "-0.5")]),
    case("BLPOP: wrong type", "SET s x", "RPUSH a 1", "BLPOP s a 1", "BLPOP n s a 1", "BLPOP a s 1", "BRPOP s 1"),
    case("BLPOP: time runs out", "BLPOP n 0.01", "BRPOP n m 0.01", "BLMOVE n m LEFT RIGHT 0.01", "BRPOPLPUSH n m 0.01", "BLMPOP 0.01 1 n LEFT"),
    case("BLMOVE: there is something", "RPUSH a 1 2 3", "BLMOVE a b LEFT RIGHT 0", "BRPOPLPUSH a b 0", "LRANGE b 0 -1", "BLMOVE a a LEFT RIGHT 1"),
    case("BLMOVE: wrong arguments", "RPUSH a 1", "BLMOVE a b UP LEFT 0", "BLMOVE a b LEFT UP x", "BLMOVE a b LEFT LEFT x", "BLMOVE a b LEFT LEFT -1", "BRPOPLPUSH a b x", "SET s x", "BLMOVE s b LEFT LEFT 1", "BLMOVE a s LEFT LEFT 1", "BRPOPLPUSH s a 1"),
    case("BLMPOP: there is something", "RPUSH a 1 2 3", "BLMPOP 0 1 a LEFT", "BLMPOP 0 2 n a RIGHT COUNT 5", "EXISTS a"),
    case(
        "BLMPOP: wrong arguments",
        "RPUSH l a b",
        *[f"BLMPOP {words}" for words in ("x 1 l LEFT", "-1 1 l LEFT", "-1 0 l LEFT", "1 x l LEFT", "1 2 l LEFT", "1 1 l UP", "1 1 l LEFT COUNT 0", "1 1 l LEFT COUNT 1 2", "x 1 l LEFT COUNT 0")],
    ),
    case("inside MULTI nobody waits", "MULTI", "BLPOP n 0", "BRPOP n m 0", "BLMOVE n m LEFT RIGHT 0", "BRPOPLPUSH n m 0", "BLMPOP 0 1 n LEFT", "EXEC"),
    case("inside MULTI: there is something", "RPUSH a 1 2 3 4", "MULTI", "BLPOP a 0", "BRPOP n a 0", "BLMOVE a b LEFT RIGHT 0", "BLMPOP 0 1 a LEFT", "BRPOPLPUSH a b 0", "EXEC", "LRANGE b 0 -1"),
]  # fmt: skip

OTHER_TYPES = [
    case(
        "wrong type",
        "SET s x",
        *[f"{name} s {words}" for name, words in (("LPUSH", "a"), ("RPUSH", "a"), ("LPUSHX", "a"), ("RPUSHX", "a"), ("LPOP", ""), ("RPOP", ""), ("LPOP", "1"), ("LPOP", "0"), ("LLEN", ""), ("LINDEX", "0"), ("LINDEX", "x"), ("LRANGE", "0 1"), ("LPOS", "a"), ("LPOS", "a COUNT 1"), ("LSET", "0 a"), ("LSET", "x a"), ("LINSERT", "BEFORE a b"), ("LREM", "0 a"), ("LTRIM", "0 1"))],
        "GET s",
        "RPUSH l a",
        "GET l",
        "APPEND l x",
        "INCR l",
        "STRLEN l",
        "SET l x XX",
        "TYPE l",
    ),
    case("keys with lists: COPY, RENAME, MOVE", ["RPUSH", "k", *TEXTS], "COPY k c", "LRANGE c 0 -1", "RPUSH k only", "LLEN c", "RENAME c d", "LRANGE d 0 -1", "MOVE d 3", "EXISTS d", "SELECT 3", "LRANGE d -3 -1", "DEL d"),
    case("keys with lists: expiry", "RPUSH k a b", "EXPIRE k 100", "RPUSH k c", "LPOP k", "TTL k", "PERSIST k", "LRANGE k 0 -1", "EXPIRE k 0", "EXISTS k", "LRANGE k 0 -1"),
    case("keys with lists: emptied and made again", "RPUSH k a", "EXPIRE k 100", "LPOP k", "TTL k", "RPUSH k b", "TTL k"),
    case("keys with lists: TYPE, SCAN, DEL, UNLINK", ["RPUSH", "k", *numbered(4000, 30)], "TYPE k", "SCAN 0 TYPE list", "SCAN 0 TYPE string", "UNLINK k", "EXISTS k", "RPUSH k a", "DEL k", "SET s 1", "RPUSH k a", "SET k 2", "GET k"),
    case("transactions with lists", "RPUSH k a", "MULTI", "RPUSH k b", "LPOP k", "LRANGE k 0 -1", "LMOVE k n LEFT LEFT", "SET k 1", "LPUSH k x", "EXEC", "LRANGE n 0 -1"),
    case("WATCH: a list that changes", "RPUSH k a b", "WATCH k", "other> LSET k 0 x", "MULTI", "PING", "EXEC", "WATCH k", "other> LTRIM k 0 0", "MULTI", "PING", "EXEC", "WATCH k", "other> LREM k 0 nothing", "MULTI", "PING", "EXEC", "WATCH k", "other> LPOP k", "MULTI", "PING", "EXEC"),
]  # fmt: skip


def encoding(expected):
    return ("OBJECT ENCODING k", expected.encode())


def mentions(*words):
    """Both texts have all of the words."""

    def check(ours, oracle):
        for reply in (ours, oracle):
            lacking = [word for word in words if word.encode() not in reply.raw]
            if lacking:
                return f"lacks {lacking}"
        return None

    return check


LIMITED = ["CONFIG SET list-max-listpack-size 4"]
DEFAULT = ["CONFIG SET list-max-listpack-size -2"]
ENCODINGS = [
    literal(
        "encodings: by bytes, as in Redis 7.2",
        "DEL k",
        "RPUSH k a",
        encoding("listpack"),
        ["RPUSH", "k", "x" * 8180],
        encoding("listpack"),
        "RPUSH k y",
        encoding("quicklist"),
        "RPOP k",
        encoding("quicklist"),
        "RPOP k",
        encoding("listpack"),
        ["RPUSH", "k", "x" * 8192],
        encoding("quicklist"),
        "LPOP k",
        encoding("quicklist"),
        ["LSET", "k", "0", "small"],
        encoding("listpack"),
    ),
    literal(
        "encodings: by count",
        *LIMITED,
        "DEL k",
        "RPUSH k a b c d",
        encoding("listpack"),
        "LINSERT k AFTER nothing x",
        encoding("quicklist"),
        "LPOP k",
        encoding("quicklist"),
        "LPOP k",
        encoding("listpack"),
        "RPUSH k e f g",
        encoding("quicklist"),
        "LTRIM k 0 1",
        encoding("listpack"),
        "RPUSH k a a a",
        encoding("quicklist"),
        "LREM k 0 a",
        encoding("listpack"),
        "COPY k c",
        ("OBJECT ENCODING c", b"listpack"),
        *DEFAULT,
    ),
    case(
        "small nodes: everything",
        *LIMITED,
        ["RPUSH", "k", *numbered(50)],
        *[["LINSERT", "k", where, number, f"{where}{number}"] for number in range(0, 50, 3) for where in ("BEFORE", "AFTER")],
        "LRANGE k 0 -1",
        *[step for number in range(0, 50, 4) for step in (f"LREM k 1 {number}", f"LSET k {number} new{number}")],
        "LRANGE k 0 -1",
        *[f"LINDEX k {number}" for number in range(-70, 70, 7)],
        "LPOS k AFTER3",
        "LTRIM k 5 -7",
        "LRANGE k 0 -1",
        "LPOP k 9",
        "RPOP k 8",
        "LRANGE k 3 20",
        *["LMOVE k k LEFT RIGHT", "LMOVE k m RIGHT RIGHT"] * 8,
        "LRANGE k 0 -1",
        "LRANGE m 0 -1",
        *DEFAULT,
    ),
    case("depth of compression: accepted", "CONFIG SET list-compress-depth 2", ["RPUSH", "k", *numbered(4000, 30)], "LRANGE k 0 -1", "CONFIG SET list-compress-depth 0"),
    literal(
        "DEBUG of lists",
        "RPUSH k a b 3",
        "RPUSH same a b",
        "RPUSH same 3",
        ("DEBUG LISTPACK k", Simple(b"Listpack structure printed on stdout")),
        ("DEBUG LISTPACK missing", Error(b"ERR no such key")),
        "SET s x",
        ("DEBUG LISTPACK s", Error(b"ERR Not a listpack encoded object.")),
    ),
    case(
        "DEBUG OBJECT of a long list",
        ["RPUSH", "k", *numbered(5000, 60)],
        ("DEBUG OBJECT k", mentions("ql_nodes:", "ql_avg_node:", "ql_listpack_max:-2 ", "ql_compressed:0 ", "ql_uncompressed_size:")),
    ),
    literal("MOVE of several: not there", ("LMOVE a b LEFT RIGHT COUNT 2", Error(b"ERR wrong number of arguments for 'lmove' command"))),
]  # fmt: skip

CASES = BASIC + READING + CHANGING + MOVING + WAITING + OTHER_TYPES + ENCODINGS + wrong_arity(ARITIES)
