"""Cases of the group "bitmap"."""

import random

from harness.case import Pipeline, case, literal, wrong_arity
from harness.resp import Error

ARITIES = {
    "BITCOUNT": -2,
    "BITFIELD": -2,
    "BITFIELD_RO": -2,
    "BITOP": -4,
    "BITPOS": -3,
    "GETBIT": 3,
    "SETBIT": 4,
}

# Bit offsets that are good or are none; 4294967295 is the last one, but takes half a gigabyte.
OFFSETS = ["0", "7", "8", "63", "64", "100", "1000", "4294967296", "9223372036854775807", "-1", "x", "''", "01", "1.0"]
POSITIONS = ["0", "1", "2", "-1", "-2", "3", "10", "-10", "9223372036854775807", "-9223372036854775808"]
# With a value that is an integer, one in the entry, one outside of it, and none.
VALUES = [b"", b"\x00", b"\xff", b"\xff\xf0\x00", b"\x00\xff\xf0", b"\xff\xff\xff", b"foobar", b"12"]
VALUES += [b"-9223372036854775808"]


def read_back(key="k"):
    return [f"GET {key}", f"OBJECT ENCODING {key}", f"TTL {key}", f"STRLEN {key}"]


def noise(seed, length):
    return random.Random(seed).randbytes(length)


SINGLE = [
    case(
        "SETBIT: sets, clears, grows",
        "SETBIT k 7 1",
        *read_back(),
        "SETBIT k 7 1",
        "SETBIT k 7 0",
        *read_back(),
        "SETBIT k 0 1",
        "SETBIT k 100 0",
        *read_back(),
        "SETBIT k 100 1",
        "SETBIT k 8 1",
        *read_back(),
        "setbit k 3 1",
        *read_back(),
    ),
    case("SETBIT: creates a key of zeros", "SETBIT k 20 0", *read_back(), "EXISTS k", "GETBIT k 20"),
    *[
        case(f"SETBIT, GETBIT: offset {offset}", f"SETBIT k {offset} 1", f"GETBIT k {offset}", "STRLEN k", "GET k")
        for offset in OFFSETS
    ],
    case(
        "SETBIT: values that are none",
        *[f"SETBIT k 1 {value}" for value in ("2", "-1", "x", "''", "01", "+1", "1.0", "10", "9223372036854775808")],
        "EXISTS k",
        "SETBIT k x 2",
    ),
    case("SETBIT: keeps the time to live", "SET k abc EX 1000", "SETBIT k 6 1", *read_back()),
    *[
        step
        for number, value in enumerate(VALUES)
        for step in (
            case(
                f"SETBIT: of a value that was set, {number}",
                ["SET", "k", value],
                "GETBIT k 1",
                "SETBIT k 1 1",
                *read_back(),
                "SETBIT k 1 1",
                "SETBIT k 500 1",
                *read_back(),
            ),
            case(f"SETBIT: no change makes it raw, {number}", ["SET", "k", value], "SETBIT k 0 0", *read_back()),
        )
    ],
    case(
        "SETBIT: large strings",
        ["SET", "k", noise(1, 40000)],
        "SETBIT k 319999 1",
        "SETBIT k 320000 1",
        "SETBIT k 1000000 1",
        "STRLEN k",
        "GET k",
        "COPY k l",
        "SETBIT l 0 1",
        "SETBIT l 0 0",
        "GETBIT k 0",
        "SETBIT new 8000000 1",
        "STRLEN new",
        "BITCOUNT new",
    ),
    case(
        "SETBIT: grows through all sizes",
        *[step for power in range(3, 20) for step in (f"SETBIT k {(1 << power) + 3} 1", "STRLEN k", "BITCOUNT k")],
        "GET k",
    ),
    case(
        "GETBIT: missing, integers, behind the end",
        "GETBIT none 3",
        "SET k 12",
        "GETBIT k 2",
        "GETBIT k 3",
        "GETBIT k 15",
        "GETBIT k 16",
        "GETBIT k 100000",
        "OBJECT ENCODING k",
    ),
    case(
        "Bits: of the wrong type",
        "RPUSH k a",
        "SETBIT k 0 1",
        "GETBIT k 0",
        "BITCOUNT k",
        "BITCOUNT k x y",
        "BITPOS k 1",
        "BITPOS k 3",
        "BITFIELD k",
        "BITFIELD k GET u8 0",
        "BITFIELD k SET u8 0 1",
        "BITFIELD k SET u8 0 x",
        "BITFIELD_RO k GET u8 0",
        "BITOP AND d k",
        "BITOP NOT d k",
        "EXISTS d",
        "SETBIT k x 1",
        "SETBIT k 0 2",
        "GETBIT k x",
    ),
    case(
        "SETBIT: what changes nothing breaks no WATCH",
        "SETBIT k 9 1",
        "WATCH k",
        "other> SETBIT k 9 1",
        "MULTI",
        "GETBIT k 9",
        "EXEC",
        "WATCH k",
        "other> SETBIT k 9 0",
        "MULTI",
        "GETBIT k 9",
        "EXEC",
        "WATCH k",
        "other> SETBIT k 100 0",
        "MULTI",
        "GETBIT k 9",
        "EXEC",
        "WATCH k",
        "other> BITFIELD k SET u8 0 0",
        "MULTI",
        "GETBIT k 9",
        "EXEC",
        "WATCH k",
        "other> BITFIELD k SET u8 0 1",
        "MULTI",
        "GETBIT k 9",
        "EXEC",
    ),
]

LIMITS = [
    case(
        "Bits: proto-max-bulk-len is the limit",
        "CONFIG SET proto-max-bulk-len 1mb",
        "SETBIT k 8388607 1",
        "STRLEN k",
        "SETBIT k 8388608 1",
        "GETBIT k 8388608",
        "BITFIELD k GET u8 8388600",
        "BITFIELD k GET u8 8388607",
        "BITFIELD k GET u8 8388608",
        "BITFIELD k SET u63 #133152 1",
        "BITFIELD k SET u8 #1048575 1",
        "BITFIELD k SET u8 #1048576 1",
        "STRLEN k",
        "CONFIG SET proto-max-bulk-len 512mb",
    ),
]

COUNTS = [
    case(
        "BITCOUNT: missing keys",
        "BITCOUNT k",
        "BITCOUNT k 0 -1",
        "BITCOUNT k 1",
        "BITCOUNT k x y",
        "BITCOUNT k 1 2 z",
    ),
    *[
        case(
            f"BITCOUNT: all ranges of value {number}",
            ["SET", "k", value],
            "BITCOUNT k",
            *[
                f"BITCOUNT k {start} {end}{unit}"
                for start in POSITIONS
                for end in POSITIONS
                for unit in ("", " BIT", " byte")
            ],
        )
        for number, value in enumerate(VALUES)
    ],
    case(
        "BITCOUNT: errors",
        "SET k foobar",
        "BITCOUNT k 1",
        "BITCOUNT k 1 2 bits",
        "BITCOUNT k 1 2 bit 3",
        "BITCOUNT k x 2",
        "BITCOUNT k 1 x",
        "BITCOUNT k 1 x zz",
        "BITCOUNT k 1 1.5",
        "BITCOUNT k -1 -2 zz",
        "BITCOUNT k 2 1 zz",
        "BITCOUNT k 1 9223372036854775808",
    ),
    *[
        case(
            f"BITCOUNT: {length} bytes",
            ["SET", "k", noise(length, length)],
            "BITCOUNT k",
            *[f"BITCOUNT k {start} {end}" for start in (0, 1, 3, 7, 8) for end in (-1, -2, -9, length // 2)],
            *[f"BITCOUNT k {start} {end} BIT" for start in (0, 1, 13, 257) for end in (-1, -2, -19, length * 4 + 3)],
        )
        for length in (7, 8, 9, 31, 32, 33, 255, 256, 257, 511, 512, 1000, 4096, 33000, 100001)
    ],
]

SEARCHES = [
    case(
        "BITPOS: missing keys",
        "BITPOS k 0",
        "BITPOS k 1",
        "BITPOS k 0 1",
        "BITPOS k 1 x",
        "BITPOS k 1 0 -1 bit",
        "BITPOS k 0 0 -1 zz",
        "BITPOS k 2",
        "BITPOS k x",
    ),
    *[
        case(
            f"BITPOS: all ranges of value {number}",
            ["SET", "k", value],
            *[
                step
                for bit in (0, 1)
                for start in POSITIONS
                for step in (
                    f"BITPOS k {bit}",
                    f"BITPOS k {bit} {start}",
                    *[f"BITPOS k {bit} {start} {end}{unit}" for end in POSITIONS for unit in ("", " bit", " BYTE")],
                )
            ],
        )
        for number, value in enumerate(VALUES)
    ],
    case(
        "BITPOS: errors",
        "SET k foobar",
        "BITPOS k 2",
        "BITPOS k -1",
        "BITPOS k x",
        "BITPOS k ''",
        "BITPOS k 1 x",
        "BITPOS k 1 0 x",
        "BITPOS k 1 0 x zz",
        "BITPOS k 1 x 0 zz",
        "BITPOS k 1 0 1 zz",
        "BITPOS k 1 0 1 bit 1",
        "BITPOS k 1 0 9223372036854775808",
    ),
    *[
        case(
            f"BITPOS: far away in {length} bytes",
            *[
                step
                for place in sorted({0, 1, 6, 7, 8, 9, 31, 32, 33, 63, 64, 65, length // 2, length - 2, length - 1})
                if 0 <= place < length
                for step in (
                    ["SET", "k", b"\x00" * place + b"\x04" + b"\x00" * (length - place - 1)],
                    "BITPOS k 1",
                    "BITPOS k 1 2",
                    "BITPOS k 1 5 -1 BIT",
                    f"BITPOS k 1 3 {place * 8 + 5} BIT",
                    f"BITPOS k 1 3 {place * 8 + 4} BIT",
                    f"BITPOS k 1 0 {place - 1}",
                    ["SET", "k", b"\xff" * place + b"\xfb" + b"\xff" * (length - place - 1)],
                    "BITPOS k 0",
                    "BITPOS k 0 2",
                    "BITPOS k 0 5 -1 BIT",
                    f"BITPOS k 0 3 {place * 8 + 4} BIT",
                )
            ],
        )
        for length in (9, 70, 1000, 33000)
    ],
]

_SOURCES = {
    "a": noise(1, 10),
    "b": noise(2, 100),
    "c": noise(3, 5000),
    "d": noise(4, 9001),
    "e": noise(5, 40000),
    "n": b"1234567",
    "z": b"",
}
_FILL = [["SET", key, value] for key, value in _SOURCES.items()]

COMBINATIONS = [
    *[
        case(
            f"BITOP {name}",
            *_FILL,
            *[
                step
                for keys in (
                    "a",
                    "n",
                    "z",
                    "none",
                    "a a",
                    "a b",
                    "b a",
                    "e d c b a",
                    "a b c d e",
                    "c none d",
                    "none c",
                    "z c",
                    "n a n",
                    "c c c",
                    "none z",
                )
                for step in (f"BITOP {name} to {keys}", "GET to", "EXISTS to", "BITCOUNT to")
            ],
            "OBJECT ENCODING to",
        )
        for name in ("AND", "or", "Xor", "NOT")
    ],
    case(
        "BITOP: the destination is a source",
        *_FILL,
        "BITOP NOT a a",
        "GET a",
        "BITOP AND c c d",
        "GET c",
        "BITOP XOR e d e",
        "GET e",
        "BITOP XOR e e e",
        "BITPOS e 1",
        "BITOP OR n n",
        "GET n",
        "OBJECT ENCODING n",
    ),
    case(
        "BITOP: what the destination was",
        *_FILL,
        "SET to x EX 1000",
        "BITOP AND to a b",
        "TTL to",
        "DEL to",
        "RPUSH to 1 2",
        "BITOP OR to a b",
        "TYPE to",
        "OBJECT ENCODING to",
        "BITOP OR to none",
        "EXISTS to",
        "BITOP OR to none z",
        "EXISTS to",
    ),
    case(
        "BITOP: errors",
        *_FILL,
        "RPUSH l 1",
        "BITOP FOO to a",
        "BITOP '' to a",
        "BITOP FOO to l",
        "BITOP NOT to a b",
        "BITOP NOT to a l",
        "BITOP AND to a l none",
        "BITOP AND to l",
        "EXISTS to",
    ),
    case(
        "BITOP: in a transaction and in a pipeline",
        *_FILL,
        Pipeline("SETBIT p 3 1", "SETBIT q 4 1", "BITOP OR r p q", "BITOP XOR s r p", "GET r", "GET s"),
        "MULTI",
        "BITOP AND to c d",
        "BITCOUNT to",
        "BITOP NOT to to",
        "EXEC",
        "GET to",
    ),
    literal(
        "BITOP: since Redis 8.2",
        ["SET", "x", b"\xf0\xff"],
        ["SET", "y", b"\x3c"],
        ["SET", "w", b"\x05\x0f\xaa"],
        ("BITOP DIFF to x y", 2),
        ("GET to", b"\xc0\xff"),
        ("BITOP diff to x y w", 3),
        ("GET to", b"\xc0\xf0\x00"),
        ("BITOP DIFF to y none", 1),
        ("GET to", b"\x3c"),
        ("BITOP DIFF1 to x y", 2),
        ("GET to", b"\x0c\x00"),
        ("BITOP DIFF1 to y x w", 3),
        ("GET to", b"\xc1\xff\xaa"),
        ("BITOP DIFF1 to none x", 2),
        ("GET to", b"\xf0\xff"),
        ("BITOP ANDOR to x y", 2),
        ("GET to", b"\x30\x00"),
        ("BITOP ANDOR to x y w", 3),
        ("GET to", b"\x30\x0f\x00"),
        ("BITOP ANDOR to y w x", 3),
        ("GET to", b"\x34\x00\x00"),
        ("BITOP ONE to x", 2),
        ("GET to", b"\xf0\xff"),
        ("BITOP ONE to x y", 2),
        ("GET to", b"\xcc\xff"),
        ("BITOP ONE to x y w", 3),
        ("GET to", b"\xc9\xf0\xaa"),
        ("BITOP ONE to x x x", 2),
        ("GET to", b"\x00\x00"),
        ("BITOP ONE to x x y", 2),
        ("GET to", b"\x0c\x00"),
        ("BITOP DIFF to x", Error(b"ERR BITOP DIFF must be called with at least two source keys.")),
        ("BITOP diff1 to x", Error(b"ERR BITOP DIFF1 must be called with at least two source keys.")),
        ("BITOP ANDOR to x", Error(b"ERR BITOP ANDOR must be called with at least two source keys.")),
    ),
]

_TYPES = ["i1", "u1", "i2", "i5", "u4", "i8", "u8", "u13", "i16", "i31", "i32", "u32", "i33", "i63", "u63", "i64"]
_NUMBERS = ["0", "1", "-1", "127", "128", "-128", "-129", "255", "256", "9223372036854775807", "-9223372036854775808"]

FIELDS = [
    case("BITFIELD: no steps", "BITFIELD k", "EXISTS k", "SET k x", "BITFIELD k", "BITFIELD_RO k", "BITFIELD_RO none"),
    *[
        case(
            f"BITFIELD: {kind}",
            *[
                step
                for offset in ("3", "#1", "101")
                for step in (
                    f"BITFIELD k GET {kind} {offset}",
                    *[f"BITFIELD k SET {kind} {offset} {number}" for number in _NUMBERS],
                    *[
                        f"BITFIELD k OVERFLOW {way} SET {kind} {offset} {number} GET {kind} {offset}"
                        for way in ("SAT", "FAIL", "WRAP")
                        for number in _NUMBERS
                    ],
                    *[
                        f"BITFIELD k OVERFLOW {way} INCRBY {kind} {offset} {number} GET {kind} {offset}"
                        for way in ("SAT", "FAIL", "WRAP")
                        for number in _NUMBERS
                        for _ in range(2)
                    ],
                    "GET k",
                )
            ],
        )
        for kind in _TYPES
    ],
    case(
        "BITFIELD: several steps",
        "BITFIELD k SET u8 0 200 INCRBY u8 0 100 OVERFLOW sat INCRBY u8 0 300 overflow fail INCRBY u8 0 1 GET u4 2",
        "GET k",
        "BITFIELD k INCRBY i5 100 1 GET u4 0",
        "GET k",
        "BITFIELD k OVERFLOW FAIL",
        "BITFIELD k OVERFLOW FAIL OVERFLOW SAT GET u8 0",
        "BITFIELD none OVERFLOW FAIL SET u2 30 9",
        "GET none",
    ),
    case(
        "BITFIELD: reads behind the end and from integers",
        "SET k 12345",
        "BITFIELD k GET u16 0 GET i64 0 GET u63 #1 GET i7 38 GET u8 1000 GET i64 4294967290",
        "OBJECT ENCODING k",
        "BITFIELD_RO k GET u16 0 GET i64 0",
        "BITFIELD k SET u8 0 49",
        "OBJECT ENCODING k",
        "GET k",
    ),
    case(
        "BITFIELD: types that are none",
        *[
            f"BITFIELD k GET {kind} 0"
            for kind in "u0 u64 i0 i65 i-1 x8 8 u i '' U8 I8 u08 u8x +u8".split()
        ],
        ["BITFIELD", "k", "GET", b"u8\x00x", "0"],
        ["BITFIELD", "k", "GET", b"u\x008", "0"],
        ["BITFIELD", "k", "GET", b"\x00u8", "0"],
    ),
    case(
        "BITFIELD: offsets that are none",
        *[
            f"BITFIELD k GET u8 {offset}"
            for offset in (*OFFSETS, "#", "#x", "#-1", "##1", "#0", "#01", "#536870911", "#536870912", "'#'", "1#")
        ],
        "BITFIELD k GET i64 #67108863 GET i64 #67108864",
        "BITFIELD k GET i64 #288230376151711744",
        "BITFIELD k GET u3 #3074457345618258603",
    ),
    case(
        "BITFIELD: errors",
        "BITFIELD k GET",
        "BITFIELD k GET u8",
        "BITFIELD k SET u8 0",
        "BITFIELD k INCRBY u8 0",
        "BITFIELD k OVERFLOW",
        "BITFIELD k OVERFLOW FOO",
        "BITFIELD k FOO u8 0 1",
        "BITFIELD k SET u8 0 x",
        "BITFIELD k INCRBY u8 0 1.5",
        "BITFIELD k SET u8 x y",
        "BITFIELD k SET u99 x y",
        "BITFIELD k GET u8 0 1",
        "BITFIELD k SET u8 0 9223372036854775808",
        "BITFIELD k GET u8 0 SET u8 0 1 GET u8",
        "EXISTS k",
        "BITFIELD_RO k SET u8 0 1",
        "BITFIELD_RO k SET u8 0",
        "BITFIELD_RO k GET u8 0 INCRBY u8 0 1",
        "BITFIELD_RO k OVERFLOW WRAP",
        "BITFIELD_RO k OVERFLOW FOO",
        "EXISTS k",
    ),
]

CASES = wrong_arity(ARITIES) + SINGLE + LIMITS + COUNTS + SEARCHES + COMBINATIONS + FIELDS
