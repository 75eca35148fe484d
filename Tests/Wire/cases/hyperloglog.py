"""Cases of the group "hyperloglog": the strings are compared byte by byte."""

import random

from harness.case import Pipeline, case, literal, wrong_arity
from harness.resp import OK, Error

ARITIES = {"PFADD": -2, "PFCOUNT": -2, "PFDEBUG": 3, "PFMERGE": -2, "PFSELFTEST": 1}


def read_back(key="h"):
    return [f"GET {key}", f"OBJECT ENCODING {key}", f"STRLEN {key}", f"TTL {key}"]


def add(key, first, last, step=50):
    """PFADD of so many numbers, a few at a time."""
    return [
        ["PFADD", key, *[f"element:{n}" for n in range(start, min(start + step, last))]]
        for start in range(first, last, step)
    ]


HEADER = b"HYLL\x01\x00\x00\x00" + b"\x00" * 7 + b"\x80"
DENSE_HEADER = b"HYLL\x00\x00\x00\x00" + b"\x00" * 7 + b"\x80"
EVERY_ZERO = b"\x7f\xff"


def value_run(value, length):
    return bytes([0x80 | (value - 1) << 2 | length - 1])


def zeros(length):
    return bytes([length - 1]) if length <= 64 else bytes([0x40 | (length - 1) >> 8, (length - 1) & 255])


def exercise(text):
    """All commands on one string, each on a fresh copy."""
    fresh = ["SET", "h", text]
    return [
        fresh,
        "PFCOUNT h",
        "GET h",
        fresh,
        "PFCOUNT h other",
        fresh,
        "PFADD h",
        *read_back(),
        *[step for word in "abcdefgh" for step in (f"PFADD h {word}", "GET h")],
        fresh,
        "PFADD h a b c d e f g h i j k l m n o p q r s t u v w x y z",
        "GET h",
        fresh,
        "PFMERGE h",
        "GET h",
        fresh,
        "PFMERGE to h",
        "GET to",
        "PFMERGE h other",
        "GET h",
        fresh,
        "PFMERGE h big",
        "GET h",
        fresh,
        "PFDEBUG ENCODING h",
        "PFDEBUG DECODE h",
        "PFDEBUG TODENSE h",
        "GET h",
        fresh,
        "PFDEBUG GETREG h",
        "GET h",
        "DEL to",
    ]


ADDING = [
    case(
        "PFADD: new, known, none",
        "PFADD h",
        *read_back(),
        "PFADD h",
        "PFADD h a",
        *read_back(),
        "PFADD h a",
        "PFADD h a b c",
        "PFADD h ''",
        *read_back(),
        "pfadd h c b",
        "PFCOUNT h",
        *read_back(),
        "PFADD h a",
        "GET h",
    ),
    case(
        "PFADD: elements of every length",
        *[step for length in range(40) for step in (["PFADD", "h", b"\xff" * length], ["PFADD", "h", "x" * length])],
        ["PFADD", "h", "y" * 100000],
        ["PFADD", "h", bytes(range(256))],
        "GET h",
        "PFCOUNT h",
    ),
    case("PFADD: one after the other", *[step for n in range(300) for step in (f"PFADD h {n}", "GET h")]),
    case("PFADD: to dense and further", *add("h", 0, 6000), "PFCOUNT h", *read_back(), *add("h", 5900, 6100), "GET h"),
    case(
        "PFADD: keeps the time to live",
        "PFADD h a",
        "EXPIRE h 1000",
        "PFADD h b",
        *read_back(),
        *add("h", 0, 4000, step=1000),
        "TTL h",
    ),
    case(
        "PFADD: a copy that was set becomes raw",
        "PFADD h a b c",
        ["SET", "h", HEADER + EVERY_ZERO],
        "OBJECT ENCODING h",
        "PFADD h",
        "OBJECT ENCODING h",
        ["SET", "h", HEADER + EVERY_ZERO],
        "PFCOUNT h",
        "OBJECT ENCODING h",
        ["SET", "h", HEADER + EVERY_ZERO],
        "PFDEBUG ENCODING h",
        "OBJECT ENCODING h",
        ["SET", "h", HEADER + EVERY_ZERO],
        "PFCOUNT h h",
        "OBJECT ENCODING h",
    ),
    *[
        case(
            f"PFADD: hll-sparse-max-bytes {limit}",
            f"CONFIG SET hll-sparse-max-bytes {limit}",
            *[step for n in range(0, 600) for step in (f"PFADD h {n}", "STRLEN h")],
            "GET h",
            "PFCOUNT h",
            *add("h", 0, 2500 if limit > 3000 else 9000, step=500),
            "GET h",
            "CONFIG SET hll-sparse-max-bytes 3000",
        )
        for limit in (0, 17, 18, 19, 20, 25, 100, 1000, 20000)
    ],
    case(
        "PFADD: changes what is watched",
        "PFADD h a",
        *[
            step
            for change in ("PFADD h a", "PFCOUNT h", "PFADD h b", "PFCOUNT h")
            for step in ("WATCH h", f"other> {change}", "MULTI", "PFCOUNT h", "EXEC")
        ],
    ),
]

COUNTING = [
    case("PFCOUNT: missing keys", "PFCOUNT h", "PFCOUNT h i", "EXISTS h", "PFADD h a", "PFCOUNT h none h"),
    case(
        "PFCOUNT: all cardinalities",
        *[step for n in range(0, 3000, 7) for step in (*add("h", n, n + 7), "PFCOUNT h")],
        *[step for n in range(3000, 60000, 3000) for step in (*add("h", n, n + 3000, step=3000), "PFCOUNT h")],
        "GET h",
    ),
    case(
        "PFCOUNT: several keys",
        *add("a", 0, 100),
        *add("b", 50, 5000, step=1000),
        *add("c", 4000, 9000, step=1000),
        *[f"PFCOUNT {keys}" for keys in ("a a", "a b", "b a", "b c", "a b c", "a none", "none b c a", "a b c none d")],
        "GET a",
        "GET b",
    ),
    case(
        "PFCOUNT: the cached number is believed",
        ["SET", "h", b"HYLL\x01\x00\x00\x00\x39\x30" + b"\x00" * 6 + EVERY_ZERO],
        "PFCOUNT h",
        "PFCOUNT h none",
        ["SET", "h", b"HYLL\x01\x00\x00\x00" + b"\xff" * 7 + b"\x7f" + EVERY_ZERO],
        "PFCOUNT h",
        ["SET", "h", b"HYLL\x00\x01\x02\x03\x39\x30" + b"\x00" * 6 + b"\x00" * 12288],
        "PFCOUNT h",
        "PFADD h a",
        "GET h",
        "PFCOUNT h",
        "GET h",
    ),
    case(
        "PFCOUNT: registers of all values",
        *[
            step
            for byte in (0x00, 0x01, 0x41, 0x55, 0x82, 0xC3, 0xCB, 0xCF, 0xFF)
            for step in (["SET", "h", DENSE_HEADER + bytes([byte]) * 12288], "PFCOUNT h", "GET h", "PFCOUNT h none")
        ],
        *[
            step
            for seed in range(20)
            for step in (["SET", "h", DENSE_HEADER + random.Random(seed).randbytes(12288)], "PFCOUNT h", "PFCOUNT h h")
        ],
        *[
            step
            for value in range(1, 33)
            for step in (["SET", "h", HEADER + value_run(value, 4) * 4096], "PFCOUNT h", "PFCOUNT h h")
        ],
    ),
    case(
        "PFCOUNT: in a pipeline and in a transaction",
        Pipeline("PFADD a 1 2 3", "PFADD b 3 4 5", "PFCOUNT a b", "PFADD a 9", "PFCOUNT a", "PFCOUNT b a"),
        "MULTI",
        "PFADD a x",
        "PFCOUNT a",
        "PFMERGE c a b",
        "PFCOUNT c",
        "EXEC",
        "GET c",
    ),
]

MERGING = [
    case(
        "PFMERGE: sparse ones",
        "PFMERGE to",
        *read_back("to"),
        *add("a", 0, 100),
        *add("b", 50, 150),
        "PFMERGE to a b",
        *read_back("to"),
        "PFCOUNT to",
        "PFMERGE to a b none",
        *read_back("to"),
        "PFMERGE a",
        *read_back("a"),
        "PFMERGE c a a c",
        *read_back("c"),
    ),
    case(
        "PFMERGE: into dense",
        *add("a", 0, 100),
        *add("b", 0, 5000, step=1000),
        *add("c", 4500, 9000, step=1000),
        "PFMERGE to a b",
        *read_back("to"),
        "PFCOUNT to",
        "PFMERGE a b c",
        *read_back("a"),
        "PFMERGE b a",
        "GET b",
        "PFCOUNT b",
        "PFADD b more",
        "PFCOUNT b",
    ),
    case(
        "PFMERGE: sparse ones that become dense together",
        *[step for n in range(12) for step in add(f"h{n}", 300 * n, 300 * n + 300)],
        "PFMERGE to " + " ".join(f"h{n}" for n in range(12)),
        *read_back("to"),
        "PFCOUNT to",
    ),
    case(
        "PFMERGE: values too high for sparse",
        ["SET", "h", DENSE_HEADER + bytes([0x28]) + b"\x00" * 12287],
        "PFMERGE to h",
        "GET to",
        "PFCOUNT to",
    ),
    case("PFMERGE: keeps the time to live", "PFADD to x", "EXPIRE to 1000", "PFADD a b", "PFMERGE to a", "TTL to"),
    case(
        "PFMERGE: wrong types",
        "PFADD h a",
        "RPUSH l 1",
        "SET s x",
        "SET i 12345678901234567",
        *[f"PFMERGE {keys}" for keys in ("l", "to l", "l h", "to h l", "s", "to s", "to h i", "i h", "s l", "l s")],
        "EXISTS to",
        "GET h",
    ),
]

_RUNS = [zeros(100), value_run(3, 2), zeros(5), value_run(1, 1)]
_VALID = HEADER + b"".join(_RUNS) + zeros(16384 - 108)
# What a string may be that is no HyperLogLog, or a damaged one.
STRINGS = {
    "empty": b"",
    "short": b"HYLL",
    "header without its end": HEADER[:15],
    "header alone": HEADER,
    "other magic": b"HYLM" + HEADER[4:] + EVERY_ZERO,
    "small letters": b"hyll" + HEADER[4:] + EVERY_ZERO,
    "encoding 2": b"HYLL\x02" + HEADER[5:] + EVERY_ZERO,
    "encoding 255": b"HYLL\xff" + HEADER[5:] + EVERY_ZERO,
    "dense and short": DENSE_HEADER + b"\x00" * 12287,
    "dense and long": DENSE_HEADER + b"\x00" * 12289,
    "dense without registers": DENSE_HEADER,
    "dense zeros": DENSE_HEADER + b"\x00" * 12288,
    "dense noise": DENSE_HEADER + random.Random(7).randbytes(12288),
    "empty sparse": HEADER + EVERY_ZERO,
    "sparse": _VALID,
    "valid cache": b"HYLL\x01\x01\x02\x03" + b"\x05" + b"\x00" * 7 + _VALID[16:],
    "too few registers": HEADER + b"".join(_RUNS),
    "one register too few": HEADER + zeros(16383),
    "one register too many": HEADER + EVERY_ZERO + zeros(1),
    "many too many": HEADER + EVERY_ZERO * 5,
    "a value beyond the end": HEADER + zeros(16383) + value_run(5, 2),
    "ends in half a run": HEADER + zeros(100) + b"\x40",
    "half a run that fits": HEADER + zeros(16383) + b"\x40",
    "half a run and values": HEADER + zeros(16000) + value_run(2, 4) * 3 + b"\x7f",
    "long runs of few zeros": HEADER + b"\x40\x00" * 16384,
    "short runs": HEADER + b"\x00" * 16384,
    "values one by one": HEADER + value_run(1, 1) * 16384,
    "values by four": HEADER + value_run(32, 4) * 4096,
    "noise": HEADER + random.Random(1).randbytes(100),
    "more noise": HEADER + random.Random(2).randbytes(3000),
    "text": b"hello",
    "integer": b"1234567890123456789",
}

DAMAGED = [
    case(
        f"HyperLogLog: {name}",
        "PFADD other a x y",
        *add("big", 0, 3000, step=1000),
        *exercise(text),
    )
    for name, text in STRINGS.items()
] + [
    case(
        f"HyperLogLog: random runs, {seed}",
        "PFADD other a x y",
        *[
            step
            for n in range(8)
            for step in exercise(HEADER + random.Random(100 * seed + n).randbytes(2 + n * 40))[:9]
        ],
    )
    for seed in range(3)
]

DEBUGGING = [
    case(
        "PFDEBUG: errors",
        "PFDEBUG ENCODING none",
        "PFDEBUG FOO none",
        "SET s x",
        "PFDEBUG ENCODING s",
        "PFDEBUG FOO s",
        "RPUSH l 1",
        "PFDEBUG ENCODING l",
        "PFADD h a",
        "PFDEBUG FOO h",
        "PFDEBUG '' h",
        ["PFDEBUG", b"FOO\x00x", "h"],
        ["PFDEBUG", "F" * 300, "h"],
        "PFDEBUG GETREG h x",
        "PFDEBUG HELP",
    ),
    case(
        "PFDEBUG: sparse and dense",
        "PFADD h a b c",
        "PFDEBUG ENCODING h",
        "PFDEBUG DECODE h",
        "pfdebug getreg h",
        "PFDEBUG ENCODING h",
        "PFDEBUG DECODE h",
        "PFDEBUG TODENSE h",
        "PFADD i a b c",
        "PFDEBUG TODENSE i",
        "PFDEBUG TODENSE i",
        "GET i",
        "PFCOUNT i",
    ),
    case("PFDEBUG: what is decoded after much was added", *add("h", 0, 400), "PFDEBUG DECODE h", "PFDEBUG GETREG h"),
    literal(
        "PFDEBUG SIMD: since Redis 8.0",
        ("PFDEBUG SIMD ON", b"+disabled\r\n"),
        ("PFDEBUG simd off", b"+disabled\r\n"),
        ("PFDEBUG SIMD x", Error(b"ERR Argument must be ON or OFF")),
    ),
    literal("PFSELFTEST", ("PFSELFTEST", OK)),
]

CASES = wrong_arity(ARITIES) + ADDING + COUNTING + MERGING + DAMAGED + DEBUGGING
