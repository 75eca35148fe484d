"""Cases of the group "sorted-set". The ranges are asked of a small set and of a large one, which are stored differently."""

from harness.case import Case, Expect, Pipeline, Read, Send, Sleep, case, literal, wrong_arity
from harness.compare import full_scan, matches, shape, unordered
from harness.resp import Double

ARITIES = {
    "BZMPOP": -5,
    "BZPOPMAX": -3,
    "BZPOPMIN": -3,
    "ZADD": -4,
    "ZCARD": 2,
    "ZCOUNT": 4,
    "ZDIFF": -3,
    "ZDIFFSTORE": -4,
    "ZINCRBY": 4,
    "ZINTER": -3,
    "ZINTERCARD": -3,
    "ZINTERSTORE": -4,
    "ZLEXCOUNT": 4,
    "ZMPOP": -4,
    "ZMSCORE": -3,
    "ZPOPMAX": -2,
    "ZPOPMIN": -2,
    "ZRANDMEMBER": -2,
    "ZRANGE": -4,
    "ZRANGEBYLEX": -4,
    "ZRANGEBYSCORE": -4,
    "ZRANGESTORE": -5,
    "ZRANK": -3,
    "ZREM": -3,
    "ZREMRANGEBYLEX": 4,
    "ZREMRANGEBYRANK": 4,
    "ZREMRANGEBYSCORE": 4,
    "ZREVRANGE": -4,
    "ZREVRANGEBYLEX": -4,
    "ZREVRANGEBYSCORE": -4,
    "ZREVRANK": -3,
    "ZSCAN": -3,
    "ZSCORE": 3,
    "ZUNION": -3,
    "ZUNIONSTORE": -4,
}

SMALL = ["ZADD", "z", "1", "a", "2", "b", "2", "bb", "3", "c", "3.5", "d", "10", "12", "-inf", "low", "inf", "high"]
# Members of equal scores among them; more than a listpack holds.
LARGE = ["ZADD", "z"] + [word for i in range(300) for word in (str(i // 3), f"m{i * 7919 % 300}")]
LETTERS = ["ZADD", "z"] + [word for letter in "abcdefgh" for word in ("0", letter)] + ["0", "aa", "0", "42", "0", ""]
MANY_LETTERS = ["ZADD", "z"] + [word for i in range(400) for word in ("5", f"{i:03}")]
SIZES = {"small": SMALL, "large": LARGE}

FLOATS = [
    "0",
    "-0",
    "0.0",
    "1",
    "1.0",
    "+1",
    "1e3",
    "1.5",
    "0.1",
    "3.3333333333333335",
    "100000000000000000",
    "1e17",
    "1e21",
    "123456789012345678",
    "0.00001",
    "1e-7",
    "5e-324",
    "1.7976931348623157e308",
    "1e999",
    "-1e999",
    "1e-999",
    "inf",
    "-inf",
    "+inf",
    "Infinity",
    "nan",
    "0x10",
    "abc",
    "''",
    "' 1'",
    "'1 '",
    "1,5",
    "4503599627370496",
    "9007199254740993",
    "-3.14159265358979",
]

SCORE_LIMITS = ["-inf", "+inf", "0", "2", "(2", "3.5", "(3.5", "50", "(50", "99", "1e999", "(", "", "x", "((1", "nan", " 2"]
MEMBER_LIMITS = ["-", "+", "[b", "(b", "[aa", "(100", "[100", "[399", "(zz", "[", "(", "", "b", "--", "++"]


def on_both(name, *steps, sizes=SIZES):
    return [case(f"{name}, {size}", members, *steps) for size, members in sizes.items()]


ADDING = (
    [
        case(
            "ZADD: adds and updates",
            "ZADD z 1 a",
            "ZADD z 1 a 2 b 3 c",
            "ZADD z 5 a",
            "ZADD z 5 a 5 a 6 a",
            "ZRANGE z 0 -1 WITHSCORES",
            "TYPE z",
            "OBJECT ENCODING z",
        ),
        case(
            "ZADD: options",
            "ZADD z XX 1 a",
            "EXISTS z",
            "ZADD z NX 1 a 2 b",
            "ZADD z NX 9 a 3 c",
            "ZADD z XX 4 a 4 d",
            "ZADD z CH 5 a 6 e",
            "ZADD z XX CH 5 a 7 b",
            "ZADD z GT CH 4 a 8 b 1 new",
            "ZADD z LT CH 9 a 2 b 1 newer",
            "ZADD z GT XX CH 100 a 1 b 1 no",
            "ZADD z LT XX CH 3 a 1 no",
            "ZADD z nx ch 1 x 2 y",
            "ZRANGE z 0 -1 WITHSCORES",
        ),
        case(
            "ZADD: INCR",
            "ZADD z INCR 1 a",
            "ZADD z INCR 2.5 a",
            "ZADD z NX INCR 1 a",
            "ZADD z XX INCR 1 b",
            "ZADD z XX INCR 1 a",
            "ZADD z GT INCR -1 a",
            "ZADD z GT INCR 1 a",
            "ZADD z LT INCR 1 a",
            "ZADD z LT INCR -1 a",
            "ZADD z INCR 0 a",
            "ZADD z INCR inf a",
            "ZADD z INCR -inf a",
            "ZADD z INCR CH 1 b",
            "ZADD z INCR 1 a 2 b",
            "ZRANGE z 0 -1 WITHSCORES",
        ),
        case(
            "ZADD: mistakes",
            "ZADD z 1",
            "ZADD z 1 a 2",
            "ZADD z NX",
            "ZADD z NX XX 1 a",
            "ZADD z GT LT 1 a",
            "ZADD z NX GT 1 a",
            "ZADD z NX LT 1 a",
            "ZADD z NX XX GT 1 a b",
            "ZADD z x a",
            "ZADD z 1 a x b",
            "ZADD z 1 a nan b",
            "EXISTS z",
            "SET s v",
            "ZADD s 1 a",
            "ZADD s x a",
            "ZADD s XX 1 a",
            "ZADD z BAD 1 a",
            "ZADD z FOO a",
        ),
        case("ZADD: scores", *[step for text in FLOATS for step in (f"ZADD z {text} m", "ZSCORE z m", "ZINCRBY z 0 m")]),
        case(
            "ZADD: scores in a tree",
            LARGE,
            *[step for text in FLOATS for step in (f"ZADD z {text} m", "ZSCORE z m", f"ZADD z {text} m0", "ZSCORE z m0")],
            "ZRANGE z 0 -1 WITHSCORES",
        ),
        case(
            "ZINCRBY",
            "ZINCRBY z 1.5 a",
            "ZINCRBY z -3 a",
            "ZINCRBY z inf a",
            "ZINCRBY z -inf a",
            "ZINCRBY z 0.1 b",
            "ZINCRBY z 0.2 b",
            "ZINCRBY z x b",
            "ZINCRBY z nan b",
            "ZINCRBY z 1e300 c",
            "ZINCRBY z 1 42",
            "ZRANGE z 0 -1 WITHSCORES",
            "SET s v",
            "ZINCRBY s 1 a",
        ),
        case(
            "ZADD: long and odd members",
            ["ZADD", "z", "1", "x" * 64],
            "OBJECT ENCODING z",
            ["ZADD", "z", "1", "x" * 65],
            "OBJECT ENCODING z",
            ["ZADD", "z", "1", b"\x00\xff\r\n", "1", "", "1", "x" * 300, "2", "007", "2", "7", "2", "-1"],
            "ZRANGE z 0 -1 WITHSCORES",
            ["ZSCORE", "z", "x" * 300],
            ["ZRANK", "z", "x" * 300],
            ["ZREM", "z", "x" * 300, ""],
            "ZCARD z",
            ["ZADD", "y", "1", "x" * 65],
            "OBJECT ENCODING y",
        ),
        case(
            "Encodings follow the directives",
            *[["ZADD", "z", str(i), f"m{i}"] for i in range(128)],
            "OBJECT ENCODING z",
            "ZADD z 5 m5",
            "OBJECT ENCODING z",
            "ZADD z 5 extra",
            "OBJECT ENCODING z",
            "ZREMRANGEBYRANK z 5 -1",
            "OBJECT ENCODING z",
            "CONFIG SET zset-max-listpack-entries 2",
            "ZADD y 1 a 2 b",
            "OBJECT ENCODING y",
            "ZADD y 3 c",
            "OBJECT ENCODING y",
            "CONFIG SET zset-max-ziplist-entries 0",
            "ZADD x 1 a",
            "OBJECT ENCODING x",
            "CONFIG SET zset-max-listpack-entries 128",
            "CONFIG SET zset-max-listpack-value 3",
            "ZADD w 1 abc",
            "OBJECT ENCODING w",
            "ZADD w 1 abcd",
            "OBJECT ENCODING w",
            "ZUNIONSTORE v 1 w",
            "OBJECT ENCODING v",
            "CONFIG SET zset-max-ziplist-value 64",
            "ZUNIONSTORE v 1 w",
            "OBJECT ENCODING v",
            "ZRANGESTORE u w 0 -1",
            "OBJECT ENCODING u",
        ),
    ]
    + [
        case(
            f"Every order of inserts, {count} by {step}",
            *[["ZADD", "z", str(i * step % count), f"m{i}"] for i in range(count)],
            "ZRANGE z 0 -1 WITHSCORES",
            *[["ZADD", "z", "CH", str(i * 3 % count), f"m{i}"] for i in range(0, count, 3)],
            "ZRANGE z 0 -1 WITHSCORES",
            *[["ZREM", "z", f"m{i}"] for i in range(0, count, 2)],
            "ZREVRANGE z 0 -1 WITHSCORES",
        )
        for count, step in ((100, 37), (700, 1), (701, 700), (700, 303))
    ]
)

LOOKUP = (
    on_both(
        "ZSCORE, ZMSCORE, ZCARD",
        "ZSCORE z a",
        "ZSCORE z m17",
        "ZSCORE z high",
        "ZSCORE z 12",
        "ZSCORE z nothing",
        "ZMSCORE z a m5 nothing low 12",
        "ZCARD z",
    )
    + on_both(
        "ZRANK and ZREVRANK",
        *[f"{name} z {member}" for name in ("ZRANK", "ZREVRANK") for member in ("a", "bb", "12", "m0", "m299", "m150", "no")],
    )
    + [
        case(
            "Lookups without a key and of another type",
            "ZSCORE z a",
            "ZMSCORE z a b",
            "ZCARD z",
            "ZRANK z a",
            "ZREVRANK z a",
            "ZCOUNT z 0 1",
            "ZLEXCOUNT z - +",
            "SET s v",
            "ZSCORE s a",
            "ZMSCORE s a b",
            "ZCARD s",
            "ZRANK s a",
            "ZREVRANK s a",
            "ZCOUNT s 0 1",
            "ZLEXCOUNT s - +",
            "ZCOUNT s x 1",
            "ZLEXCOUNT s x +",
            "ZADD z 1 a",
            "GET z",
            "STRLEN z",
        ),
        literal(
            "ZRANK: WITHSCORE",
            ("ZADD z 1 a 2.5 b", 2),
            ("ZRANK z b WITHSCORE", b"*2\r\n:1\r\n$3\r\n2.5\r\n", b"*2\r\n:1\r\n,2.5\r\n"),
            ("ZREVRANK z b withscore", b"*2\r\n:0\r\n$3\r\n2.5\r\n", b"*2\r\n:0\r\n,2.5\r\n"),
            ("ZRANK z c WITHSCORE", b"*-1\r\n", b"_\r\n"),
            ("ZRANK no c WITHSCORE", b"*-1\r\n", b"_\r\n"),
            ("ZRANK z a BAD", b"-ERR syntax error\r\n"),
            ("ZRANK z a WITHSCORE x", b"-ERR wrong number of arguments for 'zrank' command\r\n"),
        ),
    ]
    + on_both("ZCOUNT", *[["ZCOUNT", "z", low, high] for low in SCORE_LIMITS for high in SCORE_LIMITS])
    + on_both(
        "ZLEXCOUNT",
        *[["ZLEXCOUNT", "z", low, high] for low in MEMBER_LIMITS for high in MEMBER_LIMITS],
        sizes={"small": LETTERS, "large": MANY_LETTERS},
    )
)

INDEXES = ["0", "-1", "2", "-3", "100", "-100", "299", "1000", "-1000", "x", "", "1.0"]

RANGES = (
    on_both(
        "ZRANGE and ZREVRANGE by rank",
        *[[name, "z", start, end] for name in ("ZRANGE", "ZREVRANGE") for start in INDEXES for end in INDEXES],
        "ZRANGE z 0 3 WITHSCORES",
        "ZRANGE z 0 3 REV WITHSCORES",
        "ZREVRANGE z 0 3 withscores",
        "ZRANGE z 9223372036854775807 -9223372036854775808",
        "ZRANGE z -9223372036854775808 9223372036854775807",
        "ZRANGE z 9223372036854775808 0",
    )
    + on_both(
        "By score",
        *[["ZRANGEBYSCORE", "z", low, high] for low in SCORE_LIMITS for high in SCORE_LIMITS],
        *[["ZREVRANGEBYSCORE", "z", high, low, "WITHSCORES"] for low in SCORE_LIMITS for high in SCORE_LIMITS],
        *[["ZRANGE", "z", low, high, "BYSCORE"] for low in SCORE_LIMITS[:9] for high in SCORE_LIMITS[:9]],
        *[["ZRANGE", "z", high, low, "BYSCORE", "REV"] for low in SCORE_LIMITS[:9] for high in SCORE_LIMITS[:9]],
    )
    + on_both(
        "By score with a limit",
        *[
            [*command, "LIMIT", offset, count]
            for command in (
                ["ZRANGEBYSCORE", "z", "1", "50"],
                ["ZREVRANGEBYSCORE", "z", "50", "(1", "WITHSCORES"],
                ["ZRANGE", "z", "-inf", "inf", "BYSCORE"],
            )
            for offset in ("0", "1", "5", "-1", "1000", "x")
            for count in ("0", "1", "3", "-1", "-5", "1000")
        ],
    )
    + on_both(
        "By member",
        *[["ZRANGEBYLEX", "z", low, high] for low in MEMBER_LIMITS for high in MEMBER_LIMITS],
        *[["ZREVRANGEBYLEX", "z", high, low] for low in MEMBER_LIMITS for high in MEMBER_LIMITS],
        "ZRANGEBYLEX z - + LIMIT 2 3",
        "ZREVRANGEBYLEX z + - LIMIT 1 2",
        "ZRANGEBYLEX z [b + LIMIT -1 3",
        "ZRANGE z [a [c BYLEX",
        "ZRANGE z [c [a BYLEX REV LIMIT 0 2",
        "ZRANGE z [c [a BYLEX WITHSCORES",
        sizes={"small": LETTERS, "large": MANY_LETTERS},
    )
    + [
        case(
            "By member where scores differ",
            "ZADD z 1 d 2 b 3 a 4 c 5 e",
            *[["ZRANGEBYLEX", "z", low, high] for low in ("-", "[b", "(b", "[d", "[e") for high in ("+", "[c", "(d", "[a", "[e")],
            *[["ZREVRANGEBYLEX", "z", high, low] for low in ("-", "[b", "(b", "[d") for high in ("+", "[c", "(d", "[a", "[e")],
            *[["ZLEXCOUNT", "z", low, high] for low in ("-", "[b", "(b", "[d") for high in ("+", "[c", "(d", "[a", "[e")],
        ),
        case(
            "Ranges: mistakes",
            SMALL,
            "ZRANGE z 0 1 BAD",
            "ZRANGE z 0 1 LIMIT 0 1",
            "ZRANGE z 0 1 LIMIT 0 -1",
            "ZRANGE z 0 1 BYSCORE LIMIT 0",
            "ZRANGE z 0 1 BYSCORE LIMIT x 1",
            "ZRANGE z 0 1 BYSCORE BYLEX",
            "ZRANGE z 0 1 REV REV",
            "ZRANGE z 0 1 BYLEX",
            "ZRANGE z - + BYLEX WITHSCORES",
            "ZREVRANGE z 0 1 REV",
            "ZREVRANGE z 0 1 BYSCORE",
            "ZREVRANGE z 0 1 LIMIT 0 1",
            "ZRANGEBYSCORE z 0 1 BYLEX",
            "ZRANGEBYSCORE z 0 1 REV",
            "ZRANGEBYLEX z - + WITHSCORES",
            "ZRANGEBYSCORE z 0 1 WITHSCORES LIMIT 0 1 LIMIT 0 2",
            "ZRANGE no 0 1",
            "ZRANGE no x 1",
            "ZRANGEBYSCORE no 0 1 WITHSCORES",
            "SET s v",
            "ZRANGE s 0 1",
            "ZRANGE s x 1",
            "ZREVRANGEBYLEX s + -",
        ),
    ]
    + on_both(
        "ZRANGESTORE",
        "ZRANGESTORE d z 0 -1",
        "ZRANGE d 0 -1 WITHSCORES",
        "OBJECT ENCODING d",
        "ZRANGESTORE d z 2 5 REV",
        "ZRANGE d 0 -1 WITHSCORES",
        "ZRANGESTORE d z 1 (3 BYSCORE",
        "ZRANGE d 0 -1 WITHSCORES",
        "ZRANGESTORE d z 50 1 BYSCORE REV LIMIT 1 2",
        "ZRANGE d 0 -1 WITHSCORES",
        "OBJECT ENCODING d",
        "EXPIRE d 100",
        "ZRANGESTORE z z 0 2",
        "ZRANGE z 0 -1 WITHSCORES",
        "ZRANGESTORE d z 5 2",
        "EXISTS d",
        "ZRANGESTORE d no 0 -1",
        "SET s v",
        "ZRANGESTORE s z 0 0",
        "TYPE s",
        "SET s v",
        "ZRANGESTORE s no 0 0",
        "EXISTS s",
        "SET s v",
        "ZRANGESTORE d s 0 1",
        "ZRANGESTORE d z 0 1 WITHSCORES",
        "ZRANGESTORE d z x 1",
        "ZRANGESTORE d z 0 1 LIMIT 1 1",
        "ZRANGESTORE d z [a [c BYLEX",
    )
)

REMOVING = (
    on_both(
        "ZREM",
        "ZREM z a",
        "ZREM z a nothing m5 m6 m5 12 high",
        "ZRANGE z 0 -1 WITHSCORES",
        "ZCARD z",
        ["ZREM", "z", *[f"m{i}" for i in range(300)], "b", "bb", "c", "d", "low", "after"],
        "EXISTS z",
        "ZREM z a",
        "SET s v",
        "ZREM s a",
    )
    + [
        step
        for name, ranges in (
            ("ZREMRANGEBYRANK", [("0", "0"), ("-2", "-1"), ("2", "1"), ("1", "3"), ("100", "200"), ("x", "1"), ("0", "-1")]),
            ("ZREMRANGEBYSCORE", [("2", "2"), ("(2", "(3.5"), ("5", "1"), ("50", "inf"), ("x", "1"), ("-inf", "+inf")]),
        )
        for step in on_both(
            name,
            *[each for low, high in ranges for each in ([name, "z", low, high], "ZRANGE z 0 -1 WITHSCORES")],
            "EXISTS z",
            [name, "z", "0", "1"],
            "SET s v",
            [name, "s", "0", "1"],
            [name, "s", "x", "1"],
        )
    ]
    + on_both(
        "ZREMRANGEBYLEX",
        "ZREMRANGEBYLEX z [b (d",
        "ZRANGE z 0 -1",
        "ZREMRANGEBYLEX z [100 (120",
        "ZRANGE z 0 -1",
        "ZREMRANGEBYLEX z + -",
        "ZREMRANGEBYLEX z x +",
        "ZREMRANGEBYLEX z - +",
        "EXISTS z",
        "ZREMRANGEBYLEX z - +",
        sizes={"small": LETTERS, "large": MANY_LETTERS},
    )
    + [
        step
        for name in ("ZPOPMIN", "ZPOPMAX")
        for step in on_both(
            name,
            f"{name} z",
            f"{name} z 1",
            f"{name} z 3",
            f"{name} z 0",
            f"{name} z -1",
            f"{name} z x",
            f"{name} z 1 2",
            "ZCARD z",
            f"{name} z 1000",
            "EXISTS z",
            f"{name} z",
            f"{name} z 2",
            f"{name} z 0",
            "SET s v",
            f"{name} s",
            f"{name} s 0",
            f"{name} s -1",
        )
    ]
    + on_both(
        "ZMPOP",
        "ZMPOP 1 z MIN",
        "ZMPOP 2 no z MAX",
        "ZMPOP 2 no z min COUNT 3",
        "ZMPOP 3 no z other MAX count 2",
        "ZMPOP 1 z MIN COUNT 0",
        "ZMPOP 1 z MIN COUNT -1",
        "ZMPOP 1 z MIN COUNT x",
        "ZMPOP 1 z MIN COUNT",
        "ZMPOP 1 z MIN COUNT 1 COUNT 2",
        "ZMPOP 1 z BAD",
        "ZMPOP 1 z",
        "ZMPOP 0 z MIN",
        "ZMPOP -1 z MIN",
        "ZMPOP x z MIN",
        "ZMPOP 5 z MIN",
        "ZMPOP 1 z MIN BAD 1",
        "ZMPOP 1 no MIN",
        "ZMPOP 1 z MIN COUNT 1000",
        "EXISTS z",
        "SET s v",
        "ZMPOP 2 no s MIN",
        "ZADD z 1 a",
        "ZMPOP 2 z s MIN",
    )
)

WAITING = [
    case(
        "BZPOPMIN, BZPOPMAX and BZMPOP: something is there",
        "ZADD z 1 a 2 b 3 c 4 d 5 e",
        "BZPOPMIN z 0",
        "BZPOPMAX no z 1",
        "BZMPOP 0 2 no z MIN",
        "BZMPOP 0 1 z MAX COUNT 5",
        "EXISTS z",
    ),
    case(
        "BZPOPMIN and others: mistakes",
        "SET s v",
        "BZPOPMIN s 0",
        "BZPOPMAX no s 0",
        "BZMPOP 0 1 s MIN",
        "BZPOPMIN z x",
        "BZPOPMIN z -1",
        "BZPOPMIN z nan",
        "BZMPOP x 1 z MIN",
        "BZMPOP -1 1 z MIN",
        "BZMPOP 0 0 z MIN",
        "BZMPOP 0 1 z BAD",
        "BZMPOP 0 1 z MIN COUNT 0",
        "BZMPOP x 1 z BAD",
        "BZMPOP 0 9 z MIN",
    ),
    case("BZPOPMIN and others: time is up", "BZPOPMIN z 0.05", "BZPOPMAX z y 0.05", "BZMPOP 0.05 1 z MAX"),
    case(
        "BZPOPMIN and others inside MULTI",
        "MULTI",
        "BZPOPMIN z 0",
        "BZPOPMAX z 0",
        "BZMPOP 0 1 z MIN",
        "ZADD z 1 a 2 b",
        "BZPOPMIN z 0",
        "BZMPOP 0 1 z MIN",
        "EXEC",
    ),
    Case(
        "BZPOPMIN and others: served by writers",
        [
            Send("BZPOPMIN y z 0", on="a"),
            "ZADD z 5 m 6 n",
            Read(on="a"),
            "ZRANGE z 0 -1",
            Send("BZPOPMAX q 0", on="a"),
            "ZADD q 5 m 6 n",
            Read(on="a"),
            Send("BZMPOP 0 2 u w MAX COUNT 2", on="a"),
            "ZUNIONSTORE w 2 q z",
            Read(on="a"),
            Send("BZPOPMIN w 0", on="a"),
            "ZRANGESTORE w z 0 -1",
            Read(on="a"),
            Send("BZPOPMIN w 0", on="a"),
            "SET w v",
            "DEL w",
            "ZINCRBY w 3 x",
            Read(on="a"),
            "EXISTS w",
        ],
    ),
]

CHANCE = (
    on_both(
        "ZRANDMEMBER: shapes",
        ("ZRANDMEMBER z", matches(".+")),
        ("ZRANDMEMBER z 3", shape),
        ("ZRANDMEMBER z -5", shape),
        ("ZRANDMEMBER z 1000 WITHSCORES", unordered),
        ("ZRANDMEMBER z 1000", unordered),
        "ZRANDMEMBER z 0",
        "ZRANDMEMBER z 0 WITHSCORES",
        "ZRANDMEMBER z x",
        "ZRANDMEMBER z 1 BAD",
        "ZRANDMEMBER z 1 WITHSCORES x",
        "ZRANDMEMBER z 9223372036854775807 WITHSCORES",
        "ZRANDMEMBER z -9223372036854775808",
        "ZRANDMEMBER no",
        "ZRANDMEMBER no 5",
        "ZRANDMEMBER no -5 WITHSCORES",
        "SET s v",
        "ZRANDMEMBER s",
        "ZRANDMEMBER s 1",
    )
    + [
        case(
            "ZRANDMEMBER: a single member",
            "ZADD z 1.5 a",
            "ZRANDMEMBER z",
            "ZRANDMEMBER z 2 WITHSCORES",
            "ZRANDMEMBER z -3 WITHSCORES",
        ),
        case(
            "ZSCAN, small",
            SMALL,
            ("ZSCAN z 0", full_scan),
            ("ZSCAN z 0 MATCH b*", full_scan),
            ("ZSCAN z 0 MATCH 1?", full_scan),
            ("ZSCAN z 0 COUNT 1", full_scan),
            ("ZSCAN z 0 MATCH nothing COUNT 5", full_scan),
            "ZSCAN z x",
            "ZSCAN z 0 COUNT 0",
            "ZSCAN z 0 COUNT x",
            "ZSCAN z 0 MATCH",
            "ZSCAN z 0 BAD 1",
            "ZSCAN no 0",
            "ZSCAN no x",
            "ZSCAN no 0 BAD",
            "SET s v",
            "ZSCAN s 0",
            "ZSCAN s x",
        ),
        case(
            "ZSCAN, large",
            LARGE,
            ("ZSCAN z 0 COUNT 10000", full_scan),
            ("ZSCAN z 0 MATCH m1* COUNT 10000", full_scan),
            "ZADD z 1e20 m1 0.1 m2 inf m3",
            ("ZSCAN z 0 COUNT 10000", full_scan),
        ),
    ]
)

A = "ZADD a 1 x 2 y 3 z 4 w"
B = "ZADD b 10 y 20 z 30 v"
C = "ZADD c 0.5 z inf y -inf x"
SETTING = [A, B, C]
LARGE_A = ["ZADD", "a"] + [word for i in range(0, 600, 2) for word in (str(i), f"m{i}")]
LARGE_B = ["ZADD", "b"] + [word for i in range(0, 600, 3) for word in (str(i / 4), f"m{i}")]


def algebra(*options):
    return [
        [name, *words, *option.split()]
        for name in ("ZUNION", "ZINTER")
        for words in (["2", "a", "b"], ["3", "a", "b", "c"], ["1", "a"], ["2", "a", "a"], ["2", "a", "no"])
        for option in options
    ]


ALGEBRA = [
    case("ZUNION and ZINTER", *SETTING, *algebra("", "WITHSCORES")),
    case(
        "ZUNION and ZINTER: aggregates",
        *SETTING,
        *algebra("AGGREGATE SUM WITHSCORES", "AGGREGATE MIN WITHSCORES", "aggregate max withscores"),
    ),
    case(
        "ZUNION and ZINTER: weights",
        *SETTING,
        "ZUNION 2 a b WEIGHTS 2 0.5 WITHSCORES",
        "ZINTER 2 a b WEIGHTS -1 inf WITHSCORES",
        "ZUNION 3 a b c WEIGHTS 1 1 0 WITHSCORES",
        "ZUNION 3 a b c WEIGHTS 1 1 -inf AGGREGATE MAX WITHSCORES",
        "ZINTER 2 a c WEIGHTS 0 0 WITHSCORES AGGREGATE MIN",
        "ZUNION 2 c c WEIGHTS 1 -1 WITHSCORES",
        "ZINTER 2 c c WEIGHTS 1 -1 WITHSCORES",
        "ZUNION 2 a b WEIGHTS 2",
        "ZUNION 2 a b WEIGHTS 2 x",
        "ZUNION 2 a b WEIGHTS 2 nan",
        "ZUNION 2 a b WEIGHTS 1 2 3",
        "ZUNION 2 a b WEIGHTS 1 2 WEIGHTS 3 4 WITHSCORES",
    ),
    case(
        "ZDIFF",
        *SETTING,
        "ZDIFF 2 a b",
        "ZDIFF 2 a b WITHSCORES",
        "ZDIFF 3 a b c WITHSCORES",
        "ZDIFF 1 a WITHSCORES",
        "ZDIFF 2 a a",
        "ZDIFF 2 no a",
        "ZDIFF 2 a no WITHSCORES",
        "ZDIFF 2 a b WEIGHTS 1 2",
        "ZDIFF 2 a b AGGREGATE SUM",
    ),
    case(
        "ZUNION, ZINTER, ZDIFF and ZINTERCARD: mistakes",
        *SETTING,
        "SET s v",
        *[
            line
            for name in ("ZUNION", "ZINTER", "ZDIFF", "ZINTERCARD")
            for line in (
                f"{name} 0 a",
                f"{name} -1 a",
                f"{name} x a",
                f"{name} 2 a",
                f"{name} 9223372036854775807 a",
                f"{name} 1 a BAD",
                f"{name} 1 a AGGREGATE BAD",
                f"{name} 1 a AGGREGATE",
                f"{name} 1 a LIMIT 1",
                f"{name} 1 a LIMIT",
                f"{name} 2 a s",
                f"{name} 2 a s BAD",
                f"{name} 2 no s",
                f"{name} 1 no WITHSCORES",
                f"{name} 1 a WITHSCORES WITHSCORES",
            )
        ],
    ),
    case(
        "ZUNIONSTORE, ZINTERSTORE and ZDIFFSTORE",
        *SETTING,
        *[
            line
            for name in ("ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE")
            for line in (
                f"{name} d 2 a b",
                "ZRANGE d 0 -1 WITHSCORES",
                "OBJECT ENCODING d",
                "EXPIRE d 100",
                f"{name} d 3 a b c",
                "TTL d",
                "ZRANGE d 0 -1 WITHSCORES",
                f"{name} d 2 a b WEIGHTS 2 3 AGGREGATE MAX",
                "ZRANGE d 0 -1 WITHSCORES",
                f"{name} d 2 no none",
                "EXISTS d",
                f"{name} a 2 a b",
                "ZRANGE a 0 -1 WITHSCORES",
                f"{name} d 1 a WITHSCORES",
                f"{name} d 0 a",
                f"{name} d x a",
                f"{name} d 3 a b",
                "SET s v",
                f"{name} d 2 a s",
                f"{name} s 1 b",
                "TYPE s",
                "SET s v",
                f"{name} s 1 no",
                "EXISTS s",
                "DEL d s a",
                A,
            )
        ],
    ),
    case(
        "Union, intersection and difference of large sets",
        LARGE_A,
        LARGE_B,
        "ZUNION 2 a b WITHSCORES",
        "ZINTER 2 a b WITHSCORES",
        "ZDIFF 2 a b WITHSCORES",
        "ZINTERCARD 2 a b",
        "ZINTERCARD 2 b a LIMIT 7",
        "ZUNIONSTORE d 2 a b",
        "OBJECT ENCODING d",
        "ZINTERSTORE d 2 a b AGGREGATE MIN",
        "OBJECT ENCODING d",
        "ZRANGE d 0 -1 WITHSCORES",
    ),
    case(
        "ZINTERCARD",
        *SETTING,
        "ZINTERCARD 2 a b",
        "ZINTERCARD 3 a b c",
        "ZINTERCARD 1 a",
        "ZINTERCARD 1 a LIMIT 0",
        "ZINTERCARD 1 a LIMIT 2",
        "ZINTERCARD 1 a LIMIT 100",
        "ZINTERCARD 2 a no",
        "ZINTERCARD 1 a LIMIT -1",
        "ZINTERCARD 1 a LIMIT x",
        "ZINTERCARD 1 a LIMIT 1 LIMIT 2",
    ),
    case(
        "Sets among sorted sets",
        *SETTING,
        "SADD s x y q 42",
        "ZUNION 2 a s WITHSCORES",
        "ZINTER 2 s a WITHSCORES WEIGHTS 3 1",
        "ZINTER 2 s s WITHSCORES",
        "ZDIFF 2 a s WITHSCORES",
        "ZDIFF 2 s a WITHSCORES",
        "ZINTERCARD 2 s a",
        "ZUNIONSTORE d 2 s b WEIGHTS 0.5 1",
        "ZRANGE d 0 -1 WITHSCORES",
        "SADD i 1 2 3",
        "ZUNION 2 i s WITHSCORES",
        needs=["SADD"],
    ),
    literal(
        "AGGREGATE COUNT",
        ("ZADD a 5 x 6 y", 2),
        ("ZADD b 7 y", 1),
        ("ZUNION 2 a b AGGREGATE COUNT WITHSCORES", [b"x", b"1", b"y", b"2"], [[b"x", Double(b"1")], [b"y", Double(b"2")]]),
        ("ZINTERSTORE d 2 a b WEIGHTS 2 3 AGGREGATE COUNT", 1),
        Expect("ZSCORE d y", b"5", Double(b"5")),
    ),
]

TOGETHER = [
    case(
        "Sorted sets as keys",
        SMALL,
        "COPY z y",
        "ZADD z 100 new",
        "ZRANGE y 0 -1 WITHSCORES",
        "RENAME y x",
        "EXPIRE x 100",
        "PERSIST x",
        "TYPE x",
        "ZRANGE x 0 -1",
        "MOVE x 1",
        "SELECT 1",
        "ZRANGE x 0 -1",
        "UNLINK x",
        "DEL x",
    ),
    case(
        "Large sorted sets as keys",
        LARGE,
        "COPY z y",
        "ZADD z 100 new",
        "ZCARD y",
        "ZRANGE y 0 -1 WITHSCORES",
        "RENAME y x",
        "DEL z",
        "SET x v",
        "GET x",
        LARGE,
        "UNLINK z",
        "EXISTS z",
    ),
    case(
        "WATCH sees what changes a sorted set",
        "ZADD z 1 a",
        *[
            step
            for line in (
                "ZADD z 1 a",
                "ZADD z 2 a",
                "ZADD z NX 5 a",
                "ZINCRBY z 0 a",
                "ZINCRBY z 1 a",
                "ZREM z no",
                "ZRANGE z 0 -1",
                "ZREMRANGEBYRANK z 5 6",
                "ZPOPMIN z 0",
                "ZPOPMIN z",
                "ZADD z XX 1 a",
                "ZADD z 1 a",
                "ZUNIONSTORE z 1 z",
                "ZRANGESTORE z no 0 1",
                "ZRANGESTORE z no 0 1",
            )
            for step in ("WATCH z", f"other> {line}", "MULTI", "PING", "EXEC")
        ],
    ),
    case("Expired sorted sets are gone", "ZADD z 1 a", "PEXPIRE z 20", Sleep(0.05), "ZRANGE z 0 -1", "ZADD z XX 2 a", "ZADD z 3 b", "TTL z"),
    Case(
        "A pipeline of sorted sets keeps its order",
        [
            Pipeline(
                *[
                    command
                    for i in range(40)
                    for command in (
                        f"ZADD z{i % 7} {i} m{i}",
                        f"ZUNIONSTORE u{i % 5} 2 z{i % 7} z{(i + 1) % 7}",
                        f"ZRANGE u{i % 5} 0 -1 WITHSCORES",
                        f"ZPOPMIN z{(i + 3) % 7}",
                    )
                ]
            )
        ],
    ),
]

FOUND = [
    case(
        "ZINCRBY: options of ZADD are no increments",
        *[f"ZINCRBY k {word} m" for word in ("NX", "xx", "GT", "lt", "CH", "INCR", "NXX")],
        "ZINCRBY k 1 NX",
        "ZINCRBY k NX XX",
        "ZRANGE k 0 -1 WITHSCORES",
    ),
    case(
        "zeros and their sign",
        "CONFIG SET zset-max-listpack-entries 2",
        "ZADD z 0 a 1 b 2 c",
        "ZUNION 2 z z WEIGHTS -0.5 10 WITHSCORES",
        "ZINTER 2 z z WEIGHTS -0.5 10 WITHSCORES",
        "ZUNIONSTORE negative 1 z WEIGHTS -1",
        "ZRANGE negative 0 -1 WITHSCORES",
        "ZRANGESTORE d negative 0 -1",
        "ZRANGE d 0 -1 WITHSCORES",
        "ZRANGESTORE d negative (-1 inf BYSCORE",
        "ZRANGE d 0 -1 WITHSCORES",
        "ZADD w -0 a -1 b -2 c",
        "ZSCORE w a",
        "ZRANGESTORE d w 0 -1",
        "ZRANGE d 0 -1 WITHSCORES",
        "CONFIG SET zset-max-listpack-entries 128",
    ),
]

CASES = wrong_arity(ARITIES) + ADDING + LOOKUP + RANGES + REMOVING + WAITING + CHANCE + ALGEBRA + TOGETHER + FOUND
