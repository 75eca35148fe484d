"""Cases of the group "set"."""

from harness.case import Expect, Sleep, case, literal, wrong_arity
from harness.compare import full_scan, is_uniform, one_of, scan_page, shape, unordered

ARITIES = {
    "SADD": -3,
    "SCARD": 2,
    "SDIFF": -2,
    "SDIFFSTORE": -3,
    "SINTER": -2,
    "SINTERCARD": -3,
    "SINTERSTORE": -3,
    "SISMEMBER": 3,
    "SMEMBERS": 2,
    "SMISMEMBER": -3,
    "SMOVE": 4,
    "SPOP": -2,
    "SRANDMEMBER": -2,
    "SREM": -3,
    "SSCAN": -3,
    "SUNION": -2,
    "SUNIONSTORE": -3,
}

NUMBERS = [str(number) for number in range(600)]
WORDS = [f"member:{number}" for number in range(1000)]
LONG = "x" * 65
BINARY = b"\x00\xff\r\n"

# A set in each of its forms.
FORMS = {
    "integers": ["SADD", "k", *NUMBERS[:100]],
    "few words": ["SADD", "k", *WORDS[:50], "5", "-7", BINARY, "", "007"],
    "many words": ["SADD", "k", *WORDS, "5", "-7", BINARY, "", "007"],
    "many integers": ["SADD", "k", *NUMBERS, "-9223372036854775808", "9223372036854775807"],
}


def in_forms(name, *steps, **options):
    """A case for each form of the set k."""
    return [case(f"{name}: {form}", command, *steps, **options) for form, command in FORMS.items()]


def subset(of, count=None):
    """Different members of `of`, from both; as many as `count` says, if it does."""
    allowed = {word if isinstance(word, bytes) else word.encode() for word in of}

    def check(ours, oracle):
        for reply in (ours, oracle):
            if not isinstance(reply.value, list) or not set(reply.value) <= allowed:
                return "has members from elsewhere"
            if len(set(reply.value)) != len(reply.value):
                return "has members twice"
            if count is not None and len(reply.value) != count:
                return f"has not {count} members"
        return None if type(ours.value) is type(oracle.value) else "is of another type"

    return check


def drawn(of, count):
    """So many members of `of`, repetitions allowed, from both."""
    allowed = {word if isinstance(word, bytes) else word.encode() for word in of}

    def check(ours, oracle):
        for reply in (ours, oracle):
            if not isinstance(reply.value, list) or not set(reply.value) <= allowed or len(reply.value) != count:
                return f"is not {count} of its members"
        return None if type(ours.value) is type(oracle.value) else "is of another type"

    return check


# The 99.99 % points of chi-square with 9, 99 and 599 degrees of freedom.
UNIFORM_10, UNIFORM_100, UNIFORM_600 = 33.8, 161.4, 738.0

MEMBERS = [
    case(
        "SADD: new, known and repeated members",
        "SADD k a",
        "SADD k a",
        "SADD k a b c",
        "SADD k d d d",
        "SADD k e f a",
        ("SMEMBERS k", unordered),
        "SCARD k",
    ),
    case(
        "SADD: integers and what only looks like one",
        "SADD k 1 01 +1 ' 1' 1.0 1e0 -0 0 -1 '' 9223372036854775807 9223372036854775808 -9223372036854775808",
        ("SMEMBERS k", unordered),
        "SISMEMBER k 1",
        "SISMEMBER k 001",
        "SISMEMBER k 01",
        "SREM k 01 2",
        ("SMEMBERS k", unordered),
    ),
    case(
        "SADD: bytes of all kinds",
        ["SADD", "k", BINARY, "", LONG, "x" * 300, "x" * 70000],
        ["SISMEMBER", "k", BINARY],
        ["SISMEMBER", "k", "x" * 70000],
        ["SISMEMBER", "k", ""],
        ["SMISMEMBER", "k", "", "x" * 300, "x" * 299, LONG],
        ("SMEMBERS k", unordered),
        ["SREM", "k", "x" * 70000, BINARY],
        "SCARD k",
    ),
    case("SADD: integers of rising width", *[f"SADD k {1 << n} -{1 << n}" for n in range(0, 63, 4)], "SMEMBERS k"),
    case(
        "SADD: a set grows out of every form",
        *[f"SADD k {number}" for number in range(60)],
        "SADD k word",
        *[f"SADD k word:{number}" for number in range(100)],
        ["SADD", "k", *WORDS],
        "SCARD k",
        ("SMEMBERS k", unordered),
        "SMISMEMBER k 0 59 60 word word:99 member:999 member:1000",
    ),
    case("SADD: more integers than an intset takes", *[f"SADD k {n}" for n in range(520)], ("SMEMBERS k", unordered)),
    *in_forms(
        "reading",
        "SCARD k",
        "TYPE k",
        ("SMEMBERS k", unordered),
        ["SMISMEMBER", "k", "5", "-7", "member:7", "member:999", "007", BINARY, "", "nothing"],
        *[f"SISMEMBER k {member}" for member in ("5", "05", "member:3", "member:30000", "''", "99", "599")],
    ),
    *in_forms(
        "removing",
        "SREM k 5 6 7 member:1 member:2 nothing",
        "SCARD k",
        ["SREM", "k", *NUMBERS[10:500], *WORDS[5:900]],
        "SCARD k",
        ("SMEMBERS k", unordered),
        "SADD k 5 member:1",
        ["SREM", "k", *NUMBERS, *WORDS, "-7", BINARY, "", "007", "-9223372036854775808", "9223372036854775807"],
        "EXISTS k",
    ),
    case(
        "SREM: the last member and more",
        "SADD k a b",
        "SREM k a",
        "SREM k x",
        "SREM k b b c",
        "EXISTS k",
        "SREM k a",
        "TYPE k",
    ),
    case(
        "sets: no key",
        "SCARD k",
        "SMEMBERS k",
        "SISMEMBER k a",
        "SMISMEMBER k a b",
        "SREM k a",
        "SPOP k",
        "SPOP k 0",
        "SPOP k 3",
        "SRANDMEMBER k",
        "SRANDMEMBER k 3",
        "SRANDMEMBER k -3",
        "SMOVE k l a",
        "SSCAN k 0",
        "SINTER k",
        "SUNION k",
        "SDIFF k",
        "SINTERCARD 1 k",
        "DBSIZE",
    ),
    case(
        "sets: wrong type",
        "SET k v",
        "SADD s a",
        "SADD k a",
        "SCARD k",
        "SMEMBERS k",
        "SISMEMBER k a",
        "SMISMEMBER k a b",
        "SREM k a",
        "SPOP k",
        "SPOP k 1",
        "SPOP k 0",
        "SRANDMEMBER k",
        "SRANDMEMBER k 1",
        "SRANDMEMBER k 0",
        "SMOVE k s a",
        "SMOVE s k a",
        "SMOVE s k b",
        "SMOVE none k a",
        "SMOVE k none a",
        "SSCAN k 0",
        *[f"{name} {keys}" for name in ("SINTER", "SUNION", "SDIFF") for keys in ("k", "k s", "s k", "none k", "k none")],
        *[f"{name}STORE d {keys}" for name in ("SINTER", "SUNION", "SDIFF") for keys in ("k", "s k", "none k")],
        *[f"SINTERCARD {keys}" for keys in ("1 k", "2 s k", "2 none k")],
        "EXISTS d",
        "GET s",
        "INCR s",
        "GET k",
        "APPEND s x",
    ),
    case(
        "sets: deadlines stay",
        "SADD k a b c",
        "EXPIREAT k 33177117420",
        "SADD k d",
        "SREM k a",
        ("SPOP k 1", subset("bcd", 1)),
        "EXPIRETIME k",
        ["SADD", "k", *WORDS],
        "EXPIRETIME k",
        ("SPOP k 990", subset(["b", "c", "d", *WORDS], 990)),
        "EXPIRETIME k",
        "SADD s x",
        "EXPIREAT s 33177117420",
        "SINTERSTORE s k k",
        "EXPIRETIME s",
    ),
    case(
        "sets: an expired key is none",
        "SADD k a",
        "PEXPIRE k 10",
        Sleep(0.03),
        "SADD k b",
        "SMEMBERS k",
        "PEXPIRE k 10",
        Sleep(0.03),
        "SMOVE k l b",
        "SADD s b c",
        "SADD k b",
        "PEXPIRE k 10",
        Sleep(0.03),
        "SMOVE s k b",
        "SMEMBERS k",
        "SMEMBERS s",
    ),
    case(
        "sets: SET overwrites, DEL and UNLINK remove",
        ["SADD", "k", *WORDS],
        "SET k v",
        "GET k",
        ["SADD", "s", *WORDS],
        "DEL s",
        ["SADD", "s", *NUMBERS],
        "UNLINK s",
        "SADD s a",
        "DEL s",
        "DBSIZE",
    ),
    *in_forms(
        "RENAME, COPY and MOVE",
        "RENAME k l",
        "SCARD l",
        "COPY l k",
        "SREM k 5 member:5",
        "SCARD l",
        "SCARD k",
        ("SDIFF l k", unordered),
        "MOVE l 1",
        "SELECT 1",
        "SCARD l",
        ("SMEMBERS l", unordered),
        "COPY l k DB 0",
        "COPY l k DB 0 REPLACE",
        "FLUSHDB",
        "SELECT 0",
        "SCARD k",
    ),
    case(
        "OBJECT: sets",
        "SADD k 1",
        "OBJECT ENCODING k",
        "OBJECT REFCOUNT k",
        "OBJECT IDLETIME k",
        ["SADD", "k", *NUMBERS[:512]],
        "OBJECT ENCODING k",
        "SADD k 999",
        "OBJECT ENCODING k",
    ),
    case(
        "sets: WATCH sees what changes",
        "SADD k a b c",
        *[
            step
            for command in (
                "SADD k a",
                "SADD k new",
                "SREM k x",
                "SREM k new",
                "SMOVE k l x",
                "SMOVE k l a",
                "SMOVE l k a",
                "SPOP none",
                "SINTERSTORE k none none2",
                "SADD k a",
                "SINTERSTORE k l none",
                "SUNIONSTORE k none",
                "SADD k a",
                "SRANDMEMBER k",
                "SMEMBERS k",
                "SMOVE k k a",
                "SPOP k",
            )
            for step in ("WATCH k", f"other> {command}", "MULTI", "SCARD k", "EXEC")
        ],
    ),
]

MOVING = [
    case(
        "SMOVE: to a new key, to a known one, the last member",
        "SADD a 1 2 3",
        "SMOVE a b 1",
        "SMOVE a b 9",
        "SMOVE a b 2",
        "SADD b 3",
        "SMOVE a b 3",
        "EXISTS a",
        ("SMEMBERS b", unordered),
        "SMOVE a b 1",
    ),
    case(
        "SMOVE: to itself",
        "SADD a 1 2",
        "SMOVE a a 1",
        "SMOVE a a 5",
        "SMEMBERS a",
        "SADD w x",
        "SMOVE w w x",
        "SMEMBERS w",
    ),
    case(
        "SMOVE: between forms",
        ["SADD", "ints", *NUMBERS[:512]],
        ["SADD", "many", *WORDS],
        "SADD few x y z 5000",
        "SMOVE many ints member:1",
        "SMOVE ints few 100",
        "SMOVE few many 5000",
        "SMOVE few many x",
        "SMOVE many few member:2",
        "SCARD ints",
        "SCARD many",
        ("SMEMBERS few", unordered),
        "SMISMEMBER ints member:1 100 99",
        "SMISMEMBER many x 5000 member:1 member:2",
    ),
    case(
        "SMOVE: many keys",
        *[step for n in range(30) for step in (f"SADD from:{n} {n} word", f"SMOVE from:{n} to:{n % 7} {n}")],
        *[(f"SMEMBERS to:{n}", unordered) for n in range(7)],
        "DBSIZE",
    ),
]

CHANCE = [
    *in_forms(
        "SPOP: one by one",
        *["SCARD k"],
        *[("SPOP k", shape)] * 20,
        "SCARD k",
    ),
    case("SPOP: the only member", "SADD k a", "SPOP k", "EXISTS k", "SADD k 7", "SPOP k", "SPOP k"),
    case(
        "SPOP: counts",
        ["SADD", "k", *NUMBERS[:20]],
        "SPOP k 0",
        ("SPOP k 1", subset(NUMBERS[:20], 1)),
        ("SPOP k 3", subset(NUMBERS[:20], 3)),
        "SCARD k",
        ("SPOP k 15", subset(NUMBERS[:20], 15)),
        "SCARD k",
        ("SPOP k 100", subset(NUMBERS[:20], 1)),
        "EXISTS k",
    ),
    *[
        case(
            f"SPOP: {count} of many",
            ["SADD", "k", *WORDS],
            (f"SPOP k {count}", subset(WORDS, min(count, 1000))),
            "SCARD k",
            "EXISTS k",
            ["SADD", "k", *WORDS],
            ("SMEMBERS k", unordered),
        )
        for count in (1, 10, 500, 800, 900, 990, 999, 1000, 1001)
    ],
    case(
        "SPOP: errors",
        "SADD k a b",
        "SPOP k -1",
        "SPOP k x",
        "SPOP k 1 2",
        "SPOP k ''",
        "SPOP k 9223372036854775808",
        "SPOP none -1",
        "SPOP none 1 2",
        "SCARD k",
        ("SPOP k 9223372036854775807", unordered),
    ),
    *[
        case(
            f"SRANDMEMBER: {form}",
            command,
            ("SRANDMEMBER k", one_of(*command[2:])),
            "SRANDMEMBER k 0",
            ("SRANDMEMBER k 1", subset(command[2:], 1)),
            ("SRANDMEMBER k 5", subset(command[2:], 5)),
            ("SRANDMEMBER k 40", subset(command[2:], 40)),
            ("SRANDMEMBER k 54", subset(command[2:], 54)),
            ("SRANDMEMBER k 100000", unordered),
            ("SRANDMEMBER k -1", drawn(command[2:], 1)),
            ("SRANDMEMBER k -3", drawn(command[2:], 3)),
            ("SRANDMEMBER k -1000", drawn(command[2:], 1000)),
            "SCARD k",
        )
        for form, command in FORMS.items()
    ],
    *[
        case(f"SRANDMEMBER: {count} of many", ["SADD", "k", *WORDS], (f"SRANDMEMBER k {count}", subset(WORDS, count)))
        for count in (2, 200, 333, 334, 500, 999)
    ],
    case(
        "SRANDMEMBER: errors",
        "SADD k a b",
        "SRANDMEMBER k x",
        "SRANDMEMBER k 1 2",
        "SRANDMEMBER k ''",
        "SRANDMEMBER k 9223372036854775808",
        "SRANDMEMBER k -9223372036854775808",
        "SRANDMEMBER none x",
        "SRANDMEMBER none 1 2",
        "SRANDMEMBER none -9223372036854775808",
    ),
    *[
        case(
            f"SRANDMEMBER: chance is fair among {len(members)} {form}",
            ["SADD", "k", *members],
            (f"SRANDMEMBER k -{len(members) * 60}", is_uniform(members, limit)),
            protocols=[2],
        )
        for form, members, limit in (
            ("integers", NUMBERS[:10], UNIFORM_10),
            ("integers", NUMBERS[:100], UNIFORM_100),
            ("words", WORDS[:10], UNIFORM_10),
            ("words", WORDS[:100], UNIFORM_100),
            ("words", WORDS[:600], UNIFORM_600),
        )
    ],
]

ALGEBRA_SETS = [
    ["SADD", "ints", *NUMBERS[:100]],
    ["SADD", "ints2", *NUMBERS[50:300:3]],
    ["SADD", "manyints", *NUMBERS],
    ["SADD", "words", *WORDS[:40], *NUMBERS[90:110]],
    ["SADD", "words2", *WORDS[20:60]],
    ["SADD", "many", *WORDS, *NUMBERS[:30]],
    ["SADD", "many2", *WORDS[::3], *NUMBERS[10:60], LONG],
    ["SADD", "one", "member:30"],
    ["SADD", "long", LONG, "member:30"],
]
COMBINATIONS = [
    "ints",
    "words",
    "many",
    "ints ints",
    "many many",
    "ints ints2",
    "ints2 ints",
    "ints manyints",
    "manyints ints",
    "ints words",
    "words ints",
    "words words2",
    "words2 words",
    "words many",
    "many words",
    "many many2",
    "many2 many",
    "many2 long",
    "one many many2 words words2",
    "many one many2 words words2",
    "ints words many manyints",
    "ints none",
    "none ints",
    "none none2",
    "ints words none many",
    "many many2 words words2 ints ints2 manyints long one",
    "long many2 many2 many2 long",
    "many ints ints2 words words2 one long",
]

ALGEBRA = [
    case(
        f"{name}: every combination",
        *ALGEBRA_SETS,
        *[(f"{name} {keys}", unordered) for keys in COMBINATIONS],
    )
    for name in ("SINTER", "SUNION", "SDIFF")
] + [
    case(
        f"{name}STORE: every combination",
        *ALGEBRA_SETS,
        *[
            step
            for keys in COMBINATIONS
            for step in (f"{name}STORE d {keys}", "TYPE d", ("SMEMBERS d", unordered))
        ],
        "SET d string",
        f"{name}STORE d words words2",
        "TYPE d",
        "SET d string",
        f"{name}STORE d none none",
        "EXISTS d",
        f"{name}STORE words words words2",
        ("SMEMBERS words", unordered),
        f"{name}STORE many2 many many2",
        ("SMEMBERS many2", unordered),
    )
    for name in ("SINTER", "SUNION", "SDIFF")
] + [
    case(
        "SINTERCARD: every combination",
        *ALGEBRA_SETS,
        *[f"SINTERCARD {len(keys.split())} {keys}" for keys in COMBINATIONS],
        *[
            f"SINTERCARD {len(keys.split())} {keys} LIMIT {limit}"
            for keys in COMBINATIONS
            for limit in (0, 1, 2, 10, 333, 1000000)
        ],
    ),
    case(
        "SINTERCARD: errors",
        "SADD a 1 2 3",
        "SINTERCARD 0 a",
        "SINTERCARD -1 a",
        "SINTERCARD x a",
        "SINTERCARD 2 a",
        "SINTERCARD 1 a b",
        "SINTERCARD 1 a LIMIT",
        "SINTERCARD 1 a LIMIT -1",
        "SINTERCARD 1 a LIMIT x",
        "SINTERCARD 1 a LIMIT 1 2",
        "SINTERCARD 1 a limit 1 LIMIT 2",
        "SINTERCARD 2 a LIMIT 1",
        "SINTERCARD 3 a LIMIT 1",
        "SINTERCARD 9223372036854775807 a",
        "SINTERCARD 9223372036854775808 a",
        "SINTERCARD '' a",
        "SINTERCARD 1 a LIMIT 9223372036854775807",
        "SINTERCARD 1 a FOO 1",
    ),
    case(
        "sets: several keys in a transaction",
        *ALGEBRA_SETS,
        "MULTI",
        "SINTERSTORE d words words2",
        "SMOVE d e member:30",
        "SUNIONSTORE f d e",
        "SCARD f",
        "SDIFF words words2 none",
        "SINTERCARD 2 words many",
        ("EXEC", shape),
        "SCARD f",
    ),
]

SCANNING = [
    case(
        "SSCAN: a small set is one page",
        "SADD k a b c 5",
        ("SSCAN k 0", full_scan),
        ("SSCAN k 0 MATCH a", full_scan),
        ("SSCAN k 0 MATCH *", full_scan),
        ("SSCAN k 0 MATCH ? COUNT 100", full_scan),
        ("SSCAN k 0 MATCH none", full_scan),
        "DEL k",
        "SADD k 1 2 3 11",
        ("SSCAN k 0", full_scan),
        ("SSCAN k 0 MATCH 1* COUNT 2", full_scan),
        ("SSCAN k 0 match 1* count 2", full_scan),
    ),
    case(
        "SSCAN: a large set",
        ["SADD", "k", *WORDS],
        ("SSCAN k 0", scan_page),
        ("SSCAN k 0 COUNT 100000", full_scan),
        ("SSCAN k 0 COUNT 100000 MATCH member:1*", full_scan),
        ("SSCAN k 0 COUNT 9223372036854775807", full_scan),
        ("SSCAN k 0 COUNT 10 MATCH nothing", scan_page),
    ),
    case(
        "SSCAN: errors",
        "SADD k a b",
        "SSCAN k",
        "SSCAN k x",
        ("SSCAN k ''", full_scan),
        "SSCAN k -1x",
        "SSCAN k 18446744073709551616",
        "SSCAN k 0 COUNT",
        "SSCAN k 0 COUNT x",
        "SSCAN k 0 COUNT 0",
        "SSCAN k 0 COUNT -1",
        "SSCAN k 0 MATCH",
        "SSCAN k 0 FOO",
        "SSCAN k 0 TYPE set",
        "SSCAN none x",
        "SSCAN none 0 FOO",
        "SSCAN none 5",
        "SSCAN k 0 COUNT 5 MATCH",
    ),
    case(
        "SSCAN: a cursor of elsewhere",
        ["SADD", "k", *WORDS],
        ("SSCAN k 18446744073709551615", scan_page),
        ("SSCAN k 99999999999999", scan_page),
        ("SSCAN k -5", scan_page),
    ),
]


def _anything(value):
    return True


def becomes(*steps):
    return [
        step
        for command, name in steps
        for step in (Expect(command, _anything), Expect("OBJECT ENCODING k", name.encode()))
    ]


# Listpacks for sets are newer than the oracle.
ENCODINGS = [
    literal(
        "sets: encodings",
        *becomes(
            ("SADD k 1 2 3", "intset"),
            ("SADD k a", "listpack"),
            ("SREM k a", "listpack"),
            (["SADD", "k", "y" * 64], "listpack"),
            (["SADD", "k", LONG], "hashtable"),
            (["SREM", "k", LONG], "hashtable"),
        ),
        ("DEL k", 1),
        *becomes(
            (["SADD", "k", *WORDS[:128]], "listpack"),
            ("SADD k member:1", "listpack"),
            ("SADD k more", "hashtable"),
        ),
        ("DEL k", 1),
        *becomes((["SADD", "k", *WORDS[:129]], "hashtable")),
        ("DEL k", 1),
        # So many arguments were announced, whatever they are.
        *becomes((["SADD", "k", *["a"] * 129], "hashtable")),
        ("DEL k", 1),
        *becomes((["SADD", "k", *NUMBERS[:512]], "intset"), ("SADD k 100000", "hashtable")),
        ("DEL k", 1),
        *becomes((["SADD", "k", *NUMBERS[:513]], "hashtable")),
        ("DEL k", 1),
        *becomes((["SADD", "k", *NUMBERS[:127]], "intset"), ("SADD k a", "listpack")),
        ("DEL k", 1),
        *becomes((["SADD", "k", *NUMBERS[:128]], "intset"), ("SADD k a", "hashtable")),
        ("DEL k", 1),
        *becomes((["SADD", "k", LONG], "hashtable")),
        ("DEL k", 1),
        *becomes(("SADD k a 1", "listpack"), (["SADD", "k", *["b"] * 129], "hashtable")),
        protocols=[2],
    ),
    literal(
        "sets: encodings of results",
        (["SADD", "many", *WORDS[:200]], 200),
        (["SADD", "few", *WORDS[:10]], 10),
        (["SADD", "ints", *NUMBERS[:10]], 10),
        (["SADD", "mixed", *NUMBERS[:10], "a"], 11),
        *becomes(
            ("SINTERSTORE k many", "hashtable"),
            ("SINTERSTORE k many few", "listpack"),
            ("SINTERSTORE k ints mixed", "intset"),
            ("SINTERSTORE k mixed mixed", "listpack"),
            ("SUNIONSTORE k many", "hashtable"),
            ("SUNIONSTORE k few ints", "listpack"),
            ("SUNIONSTORE k ints", "intset"),
            ("SDIFFSTORE k many few", "hashtable"),
            ("SDIFFSTORE k few ints", "listpack"),
            ("SDIFFSTORE k mixed few", "listpack"),
            ("SDIFFSTORE k ints few", "intset"),
            ("SMOVE few k member:5", "listpack"),
            ("COPY mixed k REPLACE", "listpack"),
            ("COPY many k REPLACE", "hashtable"),
            ("SPOP k 195", "listpack"),
        ),
        protocols=[2],
    ),
    literal(
        "sets: directives of encodings",
        ("CONFIG SET set-max-intset-entries 5 set-max-listpack-entries 3 set-max-listpack-value 4", b"+OK\r\n"),
        *becomes(
            ("SADD k 1 2 3 4 5", "intset"),
            ("SADD k 6", "hashtable"),
        ),
        ("DEL k", 1),
        *becomes(("SADD k a b c", "listpack"), ("SADD k d", "hashtable")),
        ("DEL k", 1),
        *becomes(("SADD k abcd", "listpack"), ("SADD k abcde", "hashtable")),
        ("DEL k", 1),
        ("CONFIG SET set-max-listpack-entries 0", b"+OK\r\n"),
        *becomes(("SADD k 1", "intset"), ("SADD k a", "hashtable")),
        (
            "CONFIG SET set-max-intset-entries 512 set-max-listpack-entries 128 set-max-listpack-value 64",
            b"+OK\r\n",
        ),
        protocols=[2],
    ),
]

NEWER = [
    literal(
        "SUNIONCARD and SDIFFCARD",
        (["SADD", "a", *NUMBERS[:100]], 100),
        (["SADD", "b", *NUMBERS[50:200]], 150),
        (["SADD", "c", *WORDS, "7"], 1001),
        ("SUNIONCARD 1 a", 100),
        ("SUNIONCARD 2 a b", 200),
        ("SUNIONCARD 3 a b none", 200),
        ("SUNIONCARD 3 a b c", 1200),
        ("SUNIONCARD 3 a b c APPROX", 1200),
        ("SUNIONCARD 5 a b c a c", 1200),
        ("SUNIONCARD 2 a b LIMIT 120", 120),
        ("SUNIONCARD 2 a b LIMIT 200", 200),
        ("SUNIONCARD 2 a b LIMIT 0", 200),
        ("SUNIONCARD 2 a b LIMIT 201", 200),
        ("SUNIONCARD 2 a b APPROX LIMIT 7", 7),
        ("SUNIONCARD 1 none", 0),
        ("SADD d 1", 1),
        ("SADD e 2000", 1),
        ("SUNIONCARD 5 a b c d e", 1201),
        ("SUNIONCARD 5 a b c d e LIMIT 1000", 1000),
        ("SDIFFCARD 1 a", 100),
        ("SDIFFCARD 2 a b", 50),
        ("SDIFFCARD 2 b a", 100),
        ("SDIFFCARD 2 c a", 1000),
        ("SDIFFCARD 3 a b c", 49),
        ("SDIFFCARD 3 a b a", 0),
        ("SDIFFCARD 2 a none", 100),
        ("SDIFFCARD 2 none a", 0),
        ("SDIFFCARD 2 a b LIMIT 20", 20),
        ("SDIFFCARD 2 a b LIMIT 0", 50),
        ("SDIFFCARD 2 a b LIMIT 51", 50),
        ("SDIFFCARD 5 c a b d e", 1000),
        ("SDIFFCARD 5 c a b d e LIMIT 10", 10),
        ("SDIFFCARD 2 a b APPROX", b"-ERR syntax error\r\n"),
        ("SDIFFCARD 0 a", b"-ERR numkeys should be greater than 0\r\n"),
        ("SUNIONCARD x a", b"-ERR numkeys should be greater than 0\r\n"),
        ("SUNIONCARD 3 a b", b"-ERR Number of keys can't be greater than number of args\r\n"),
        ("SUNIONCARD 1 a LIMIT -1", b"-ERR LIMIT can't be negative\r\n"),
        ("SUNIONCARD 1 a LIMIT", b"-ERR syntax error\r\n"),
        ("SUNIONCARD 1 a FOO", b"-ERR syntax error\r\n"),
        ("SET s v", b"+OK\r\n"),
        ("SUNIONCARD 2 a s", b"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"),
        ("SDIFFCARD 2 none s", b"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"),
    ),
]

CASES = wrong_arity(ARITIES) + MEMBERS + MOVING + CHANCE + ALGEBRA + SCANNING + ENCODINGS + NEWER
