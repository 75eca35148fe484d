"""Cases of the group "generic", without SORT, SORT_RO, DUMP, RESTORE, MIGRATE, WAIT and WAITAOF."""

from harness.case import Case, Pipeline, Sleep, Step, case, wrong_arity
from harness.compare import Reply, between, full_scan, help_lines, near, one_of, scan_page, unordered

ARITIES = {
    "COPY": -3,
    "DEL": -2,
    "EXISTS": -2,
    "EXPIRE": -3,
    "EXPIREAT": -3,
    "EXPIRETIME": 2,
    "KEYS": 2,
    "MOVE": 3,
    "OBJECT": -2,
    "OBJECT ENCODING": 3,
    "OBJECT FREQ": 3,
    "OBJECT HELP": 2,
    "OBJECT IDLETIME": 3,
    "OBJECT REFCOUNT": 3,
    "PERSIST": 2,
    "PEXPIRE": -3,
    "PEXPIREAT": -3,
    "PEXPIRETIME": 2,
    "PTTL": 2,
    "RANDOMKEY": 1,
    "RENAME": 3,
    "RENAMENX": 3,
    "SCAN": -2,
    "TOUCH": -2,
    "TTL": 2,
    "TYPE": 2,
    "UNLINK": -2,
}

FAR = "33177117420"
FAR_MILLISECONDS = "33177117420000"
PLENTY = [f"key:{i}" for i in range(500)]
SET_PLENTY = ["MSET", *[word for key in PLENTY for word in (key, "v")]]

TIMES = [
    "0",
    "-1",
    "-100",
    "1",
    "100",
    "abc",
    "1.5",
    "''",
    "+5",
    "' 5'",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "9223372036854775",
    "9223372036854776",
    "-9223372036854776",
    "1000000000000",
]

REMOVAL = (
    [
        case(
            f"{name}: several, missing, repeated",
            "MSET a 1 b 2 c 3 d 4",
            f"{name} a",
            f"{name} a",
            f"{name} a b c",
            f"{name} d d d",
            f"{name} x y z",
            "DBSIZE",
        )
        for name in ("DEL", "UNLINK")
    ]
    + [
        case(f"{name}: many", SET_PLENTY, [name, *PLENTY[:250]], "DBSIZE", [name, *PLENTY], "DBSIZE")
        for name in ("DEL", "UNLINK")
    ]
    + [
        case(
            "DEL and UNLINK: large values",
            ["SET", "a", "x" * 300000],
            ["SET", "b", "x" * 300000],
            "DEL a",
            "UNLINK b",
            "EXISTS a b",
        ),
        case(
            "DEL and UNLINK: expired keys do not count",
            "SET a 1 PX 20",
            "SET b 1 PX 20",
            Sleep(0.05),
            "DEL a",
            "UNLINK b",
            "EXISTS a b",
        ),
        case(
            "DEL: collections",
            "RPUSH l a b",
            "SADD s a b",
            "HSET h a b",
            "ZADD z 1 a",
            "DEL l s h z missing",
            "DBSIZE",
            needs=["RPUSH", "SADD", "HSET", "ZADD"],
        ),
    ]
)

PRESENCE = [
    case("EXISTS: counts repetitions", "SET a 1", "EXISTS a", "EXISTS b", "EXISTS a a a", "EXISTS a b a c"),
    case("EXISTS: many", SET_PLENTY, ["EXISTS", *PLENTY, "missing"]),
    case("TOUCH: counts", "MSET a 1 b 2", "TOUCH a", "TOUCH a b c", "TOUCH a a", "TOUCH x"),
    case("TOUCH: many", SET_PLENTY, ["TOUCH", *PLENTY, "missing"]),
    case("TYPE: string and missing", "TYPE k", "SET k v", "TYPE k", "SET k 5", "TYPE k"),
    case(
        "TYPE: collections",
        "RPUSH l a",
        "SADD s a",
        "HSET h a b",
        "ZADD z 1 a",
        "XADD x 1-1 a b",
        "TYPE l",
        "TYPE s",
        "TYPE h",
        "TYPE z",
        "TYPE x",
        needs=["RPUSH", "SADD", "HSET", "ZADD", "XADD"],
    ),
    case(
        "RANDOMKEY: empty, one, several",
        "RANDOMKEY",
        "SET a 1",
        "RANDOMKEY",
        "SET b 1",
        "SET c 1",
        *[("RANDOMKEY", one_of("a", "b", "c"))] * 10,
    ),
    case("RANDOMKEY: only an expired key", "SET a 1 PX 20", Sleep(0.05), "RANDOMKEY", "DBSIZE"),
    case(
        "KEYS: patterns",
        "MSET one 1 two 2 three 3 four 4 h?llo 5 hello 6 hallo 7 '' 8 a*b 9 x\\y 10 [z] 11",
        *[
            ([b"KEYS", pattern], unordered)
            for pattern in (
                b"*",
                b"t*",
                b"*o",
                b"*o*",
                b"h?llo",
                b"h[ae]llo",
                b"h[^e]llo",
                b"h[a-e]llo",
                b"h[e-a]llo",
                b"h\\?llo",
                b"a\\*b",
                b"",
                b"one",
                b"none",
                b"???",
                b"[",
                b"[z",
                b"\\[z]",
                b"\\",
                b"x\\\\y",
                b"[^a]*",
                b"*[",
                b"**",
                b"*?*",
                b"[one]",
                b"[a-",
                b"h[a\\-e]llo",
                b"ONE",
                b"[]",
                b"[]]",
                b"[^]z",
                b"o[n]e",
                b"*e*e*",
                b"?",
                b"t[wh]*",
            )
        ],
    ),
    case(
        "KEYS: many and expired",
        SET_PLENTY,
        ("KEYS *", unordered),
        ("KEYS key:1?", unordered),
        ("KEYS *99", unordered),
        "SET gone 1 PX 20",
        Sleep(0.05),
        ("KEYS g*", unordered),
    ),
    case("KEYS: a pattern that backtracks", ["SET", "a" * 60, "1"], ["KEYS", "a*" * 20 + "b"], ["KEYS", "a*" * 20]),
    case(
        "KEYS: hash tags in the pattern",
        "MSET {t}a 1 {t}b 2 {u}a 3",
        ("KEYS {t}*", unordered),
        ("KEYS {t}a", unordered),
    ),
]

EXPIRY = [
    *[
        case(
            f"{name}: {time}",
            "SET k v",
            f"{name} k {time}",
            "EXISTS k",
            ("PTTL k", near(2000)),
            f"{name} missing {time}",
        )
        for name in ("EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT")
        for time in TIMES
        if not (name == "PEXPIRE" and time == "1")
    ],
    *[
        case(
            f"{name}: {option} against {state}",
            "SET k v",
            *setup,
            f"{name} k {amount} {option}",
            ("PTTL k", near(2000)),
            "PERSIST k",
            f"{name} k {amount} {option.lower()}",
            ("PTTL k", near(2000)),
            f"{name} missing {amount} {option}",
        )
        for name, amounts in (
            ("EXPIRE", ("50", "100", "200")),
            ("PEXPIRE", ("50000", "100000", "200000")),
            ("EXPIREAT", ("33177117410", "33177117420", "33177117430")),
            ("PEXPIREAT", ("33177117410000", "33177117420000", "33177117430000")),
        )
        for option in ("NX", "XX", "GT", "LT", "NX XX", "NX GT", "NX LT", "GT LT", "XX GT", "XX LT", "FOO")
        for state, setup, amount in (
            ("no time to live", [], amounts[1]),
            ("an earlier one", [f"{name} k {amounts[0]}"], amounts[1]),
            ("a later one", [f"{name} k {amounts[2]}"], amounts[1]),
        )
    ],
    case(
        "EXPIRE: options with a past time",
        "SET k v",
        "EXPIRE k -1 NX",
        "EXISTS k",
        "SET k v EX 100",
        "EXPIRE k -1 GT",
        "EXISTS k",
        "EXPIRE k -1 LT",
        "EXISTS k",
        "SET k v",
        "EXPIRE k 0 XX",
        "EXISTS k",
        "PEXPIREAT k 0",
        "EXISTS k",
    ),
    case(
        "EXPIRE: too many options",
        "SET k v",
        "EXPIRE k 10 NX NX",
        "EXPIRE k 10 XX XX",
        "EXPIRE k 10 XX GT LT",
        "EXPIRE k NX 10",
        "EXPIRE k 10 ''",
    ),
    case(
        "TTL family: missing, without, with",
        "TTL k",
        "PTTL k",
        "EXPIRETIME k",
        "PEXPIRETIME k",
        "SET k v",
        "TTL k",
        "PTTL k",
        "EXPIRETIME k",
        "PEXPIRETIME k",
        f"EXPIREAT k {FAR}",
        "EXPIRETIME k",
        "PEXPIRETIME k",
        f"PEXPIREAT k {FAR_MILLISECONDS}",
        "EXPIRETIME k",
        "PEXPIRETIME k",
        "PEXPIREAT k 33177117420499",
        "EXPIRETIME k",
        "PEXPIREAT k 33177117420500",
        "EXPIRETIME k",
        "PEXPIREAT k 33177117420999",
        "EXPIRETIME k",
    ),
    case(
        "TTL: rounds",
        "SET k v PX 100400",
        "TTL k",
        "PEXPIRE k 100600",
        "TTL k",
        "PEXPIRE k 1400",
        "TTL k",
        "PEXPIRE k 400",
        "TTL k",
    ),
    case(
        "PERSIST: missing, without, with",
        "PERSIST k",
        "SET k v",
        "PERSIST k",
        "EXPIRE k 100",
        "PERSIST k",
        "TTL k",
        "PERSIST k",
        "GET k",
    ),
    case(
        "Expiry: a key is gone when its time is up",
        "SET a 1 PX 30",
        "SET b 1",
        "PEXPIRE b 30",
        "SET c 5 PX 30",
        "DBSIZE",
        Sleep(0.08),
        "EXISTS a b c",
        "GET a",
        "TYPE b",
        "TTL b",
        "INCR c",
        "TTL c",
        "RENAME a x",
        "COPY b x",
        "PERSIST a",
        "EXPIRE a 10",
        "OBJECT ENCODING a",
        "TOUCH a",
        "DEL a",
        "DBSIZE",
    ),
    case(
        "Expiry: without a touch", SET_PLENTY, *[["PEXPIRE", key, "30"] for key in PLENTY[:200]], Sleep(1.0), "DBSIZE"
    ),
    case(
        "Expiry: on integers, long and large values",
        "SET n 5",
        ["SET", "l", "x" * 100],
        ["SET", "h", "x" * 100000],
        "EXPIRE n 100",
        "EXPIRE l 100",
        "EXPIRE h 100",
        "INCR n",
        "APPEND l y",
        "APPEND h y",
        "TTL n",
        "TTL l",
        "TTL h",
        "PERSIST n",
        "PERSIST l",
        "PERSIST h",
        "GET n",
        "GET l",
        "STRLEN h",
        "TTL n",
        "TTL l",
        "TTL h",
    ),
]

MOVES = [
    *[
        case(
            f"{name}: moves value and time to live",
            "SET a 1 EX 100",
            f"{name} a b",
            "EXISTS a",
            "GET b",
            "TTL b",
            "SET c 2",
            f"{name} c b",
            "GET b",
            "TTL b",
            "EXISTS c",
            f"{name} missing b",
            f"{name} b b",
            "GET b",
            f"{name} missing missing",
            "OBJECT ENCODING b",
        )
        for name in ("RENAME", "RENAMENX")
    ],
    *[
        case(
            f"{name}: on to many other shards",
            "SET k0 v",
            *[f"{name} k{i} k{i + 1}" for i in range(40)],
            "GET k40",
            "DBSIZE",
        )
        for name in ("RENAME", "RENAMENX")
    ],
    case(
        "RENAME: overwrites without taking over the time to live",
        "SET a 1",
        "SET b 2 EX 100",
        "RENAME a b",
        "TTL b",
        "GET b",
        "RENAME b {b}x",
        "RENAME {b}x {b}y",
        "GET {b}y",
    ),
    case(
        "RENAME: large values",
        ["SET", "a", "x" * 200000],
        "RENAME a b",
        "STRLEN b",
        "GETRANGE b 0 3",
        "APPEND b y",
        "STRLEN b",
        "EXISTS a",
    ),
    case(
        "RENAME: keys of other lengths",
        ["SET", "a", "v"],
        ["RENAME", "a", "k" * 300],
        ["GET", "k" * 300],
        ["RENAME", "k" * 300, "b"],
        "GET b",
        ["EXPIRE", "b", "100"],
        ["RENAME", "b", "c" * 254],
        ["TTL", "c" * 254],
    ),
    case(
        "RENAME: a list", "RPUSH l a b", "RENAME l m", "TYPE m", "LRANGE m 0 -1", "EXISTS l", needs=["RPUSH", "LRANGE"]
    ),
    case(
        "COPY: to missing, to present, REPLACE",
        "SET a 1 EX 100",
        "COPY a b",
        "GET b",
        "TTL b",
        "SET c 2",
        "COPY a c",
        "GET c",
        "COPY a c REPLACE",
        "GET c",
        "TTL c",
        "COPY missing x",
        "COPY missing c REPLACE",
        "GET c",
        "COPY a a",
        "COPY a a REPLACE",
        "OBJECT ENCODING b",
        "SET a changed",
        "GET b",
    ),
    case(
        "COPY: DB",
        "SET a 1",
        "COPY a a DB 1",
        "COPY a a DB 1",
        "COPY a b DB 1 REPLACE",
        "SELECT 1",
        "MGET a b",
        "COPY a a DB 1",
        "COPY a a DB 0",
        "COPY a z DB 0",
        "SELECT 0",
        "GET z",
        "COPY a c DB 99",
        "COPY a c DB -1",
        "COPY a c DB x",
        "COPY a c DB",
        "COPY a c REPLACE DB 2",
        "SELECT 2",
        "GET c",
        "FLUSHDB",
        "SELECT 1",
        "FLUSHDB",
    ),
    case(
        "COPY: errors",
        "SET a 1",
        "COPY a b FOO",
        "COPY a b REPLACE FOO",
        "COPY a b REPLACE REPLACE",
        "COPY a b DB 1 DB 2",
        "COPY a",
    ),
    case(
        "COPY: large value is a copy",
        ["SET", "a", "x" * 200000],
        "COPY a b",
        "APPEND a y",
        "STRLEN a",
        "STRLEN b",
        "SETRANGE b 0 z",
        "GETRANGE a 0 2",
        "GETRANGE b 0 2",
        "DEL a",
        "STRLEN b",
    ),
    case(
        "COPY: to many shards", "SET a v EX 100", *[f"COPY a b{i}" for i in range(30)], "TTL b29", "GET b17", "DBSIZE"
    ),
    case(
        "MOVE: between databases",
        "SET a 1 EX 100",
        "MOVE a 1",
        "EXISTS a",
        "MOVE a 1",
        "SELECT 1",
        "GET a",
        "TTL a",
        "SELECT 0",
        "SET a 2",
        "MOVE a 1",
        "GET a",
        "MOVE a 0",
        "MOVE missing 0",
        "MOVE a 99",
        "MOVE a -1",
        "MOVE a x",
        "MOVE missing 1",
        "MOVE a 15",
        "SELECT 15",
        "GET a",
        "DBSIZE",
    ),
    case(
        "MOVE: an expired key in the way",
        "SET a 1",
        "SELECT 1",
        "SET a 2 PX 20",
        "SELECT 0",
        Sleep(0.05),
        "MOVE a 1",
        "SELECT 1",
        "GET a",
        "TTL a",
    ),
]

OBJECTS = [
    case(
        "OBJECT: of strings",
        "SET i 5",
        "SET s short",
        ["SET", "r", "x" * 100],
        *[f"OBJECT {word} {key}" for word in ("ENCODING", "encoding") for key in ("i", "s", "r", "missing")],
        "OBJECT REFCOUNT s",
        "OBJECT REFCOUNT r",
        "OBJECT REFCOUNT missing",
        "OBJECT IDLETIME s",
        "OBJECT IDLETIME missing",
        "OBJECT FREQ s",
        "OBJECT FREQ missing",
        ("OBJECT REFCOUNT i", between(1, 2147483647)),
    ),
    case(
        "OBJECT: subcommands",
        "OBJECT",
        "OBJECT FOO k",
        ("OBJECT HELP", help_lines),
        ("OBJECT help", help_lines),
        "OBJECT HELP x",
        "OBJECT ENCODING",
        "OBJECT ENCODING a b",
    ),
    case(
        "OBJECT FREQ: with an LFU policy",
        "CONFIG SET maxmemory-policy allkeys-lfu",
        "SET k v",
        ("OBJECT FREQ k", between(0, 10)),
        "OBJECT IDLETIME k",
        "OBJECT FREQ missing",
        "CONFIG SET maxmemory-policy noeviction",
        "OBJECT FREQ k",
    ),
    case(
        "OBJECT IDLETIME: counts, and access starts anew",
        "SET k v",
        Sleep(2.2),
        ("OBJECT IDLETIME k", between(1, 3)),
        "TOUCH k",
        ("OBJECT IDLETIME k", between(0, 1)),
        protocols=(2,),
    ),
    case(
        "OBJECT ENCODING: collections",
        "RPUSH l a",
        "SADD s 1 2",
        "SADD t a b",
        "HSET h a b",
        "ZADD z 1 a",
        "OBJECT ENCODING l",
        "OBJECT ENCODING s",
        "OBJECT ENCODING t",
        "OBJECT ENCODING h",
        "OBJECT ENCODING z",
        needs=["RPUSH", "SADD", "HSET", "ZADD"],
    ),
]


class ScanAll(Step):
    """A whole iteration: what it found is compared, without repetitions and in no order."""

    def __init__(self, *options, command="SCAN", check=None):
        super().__init__([command, "0", *options])
        self.command, self.options = command, options

    def run(self, client):
        connection = client.connection("main")
        cursor, found, pages = b"0", set(), 0
        while True:
            page = connection.call(self.command, cursor, *self.options)
            if not isinstance(page, list):
                return Reply(bytes(page), page)
            cursor, elements = page
            found.update(elements)
            pages += 1
            if cursor == b"0":
                break
            if pages > 100000:
                raise RuntimeError("the scan does not end")
        return Reply(repr(sorted(found)).encode(), sorted(found))


SCANS = [
    case("SCAN: nothing and one", "SCAN 0", "SET a 1", ("SCAN 0", full_scan), "DEL a", "SCAN 0"),
    Case(
        "SCAN: a whole iteration",
        [
            SET_PLENTY,
            ScanAll(),
            ScanAll("COUNT", "1"),
            ScanAll("COUNT", "7"),
            ScanAll("COUNT", "1000"),
            ScanAll("MATCH", "*9"),
            ScanAll("MATCH", "key:1?", "COUNT", "50"),
            ScanAll("TYPE", "string"),
            ScanAll("TYPE", "list"),
            ScanAll("TYPE", "STRING", "MATCH", "key:*1", "COUNT", "3"),
            ScanAll("match", "nothing*"),
            ScanAll("MATCH", "{key}*"),
            ScanAll("MATCH", "key:17"),
        ],
    ),
    Case(
        "SCAN: leaves out what has expired",
        [SET_PLENTY, *[["PEXPIRE", key, "20"] for key in PLENTY[:50]], Sleep(0.05), ScanAll()],
    ),
    case(
        "SCAN: pages",
        SET_PLENTY,
        ("SCAN 0", scan_page),
        ("SCAN 0 COUNT 100", scan_page),
        ("SCAN 0 MATCH key* COUNT 5", scan_page),
    ),
    case(
        "SCAN: errors",
        "SCAN abc",
        "SCAN -1",
        "SCAN ''",
        "SCAN 0 COUNT",
        "SCAN 0 COUNT 0",
        "SCAN 0 COUNT -1",
        "SCAN 0 COUNT x",
        "SCAN 0 MATCH",
        "SCAN 0 FOO",
        "SCAN 0 FOO bar",
        "SCAN 0 TYPE",
        "SCAN 1x",
        "SCAN 18446744073709551616",
        "SCAN 0 MATCH a MATCH",
        "SCAN 0 COUNT 9223372036854775808",
    ),
    Case(
        "SCAN: any cursor is answered",
        [
            SET_PLENTY,
            *[
                Step(f"SCAN {cursor} COUNT 10", scan_page)
                for cursor in ("1", "5", "123456789", "281474976710655", "9223372036854775807", "18446744073709551615")
            ],
        ],
    ),
    Case(
        "SCAN: TYPE that is none",
        [Step("SET a 1"), Step("SCAN 0 TYPE nothing", full_scan), Step("SCAN 0 TYPE ''", full_scan)],
    ),
    Case(
        "SCAN: another database",
        [
            Step("SELECT 3"),
            Step("MSET a 1 b 2"),
            ScanAll(),
            Step("SELECT 0"),
            ScanAll(),
            Step("SELECT 3"),
            Step("FLUSHDB"),
        ],
    ),
]

TOGETHER = [
    case(
        "Numbers of databases: beyond 32 bits and no numbers",
        "SET a 1",
        *[
            f"{head} {number}"
            for head in ("COPY a b DB", "MOVE a", "SWAPDB 0", "SWAPDB 1")
            for number in ("2147483647", "2147483648", "-2147483649", "9223372036854775808", "1.0", "01", "''")
        ],
        "SWAPDB 2147483648 0",
        "SWAPDB 99 0",
        "SWAPDB x y",
        "SWAPDB 0 0",
        "GET a",
    ),
    case(
        "MULTI: keys of many shards and all of them",
        "MSET a 1 b 2 c 3 d 4 e 5",
        "MULTI",
        "RENAME a z",
        "RENAMENX b z",
        "RENAME missing x",
        "COPY z y",
        "COPY z c",
        "COPY z c REPLACE DB 1",
        "MOVE d 1",
        "DEL e e e",
        "EXISTS a b c d e y z",
        "TOUCH b c",
        "DBSIZE",
        "SELECT 1",
        "DBSIZE",
        "SELECT 0",
        "SWAPDB 0 1",
        "DBSIZE",
        "OBJECT ENCODING c",
        "EXPIRE c 100",
        "TTL c",
        "PERSIST c",
        "RANDOMKEY x",
        "EXEC",
        "MULTI",
        "RENAME a z",
        "RENAMENX b z",
        "RENAME missing x",
        "COPY z y",
        "COPY z c",
        "COPY z c REPLACE DB 1",
        "MOVE d 1",
        "DEL e e e",
        "EXISTS a b c d e y z",
        "TOUCH b c",
        "DBSIZE",
        "SELECT 1",
        "DBSIZE",
        "SELECT 0",
        "SWAPDB 0 1",
        "DBSIZE",
        "OBJECT ENCODING c",
        "EXPIRE c 100",
        "TTL c",
        "PERSIST c",
        "SCAN abc",
        "SCAN 0 COUNT 0",
        "SCAN 0 MATCH nothing",
        "EXEC",
        "MGET a b c d e y z",
        "SELECT 1",
        "MGET a b c d e y z",
        "FLUSHALL",
    ),
    case(
        "Commands in lower and mixed case",
        "set a 1",
        "Exists a",
        "expire a 100 nX",
        "tTL a",
        "copy a b replace",
        "object Encoding a",
        ("scan 0 Count 100 mAtch a", full_scan),
        "unlink a b",
    ),
    Case(
        "A pipeline across shards keeps its order",
        [
            Pipeline(
                *[
                    command
                    for i in range(30)
                    for command in (
                        f"SET a{i} {i}",
                        f"EXPIRE a{i} 100",
                        f"RENAME a{i} b{i}",
                        f"EXISTS a{i} b{i}",
                        f"COPY b{i} c{i}",
                        f"DEL b{i} a{i}",
                        "DBSIZE",
                        f"GET c{i}",
                    )
                ]
            ),
        ],
    ),
    case(
        "FLUSHALL and FLUSHDB: options and what is left",
        "MSET a 1 b 2",
        "SELECT 1",
        "SET c 3",
        "FLUSHDB now",
        "FLUSHDB ASYNC SYNC",
        "FLUSHALL a b c",
        "DBSIZE",
        "FLUSHDB async",
        "DBSIZE",
        "SELECT 0",
        "DBSIZE",
        "FLUSHALL Sync",
        "DBSIZE",
    ),
]

CASES = wrong_arity(ARITIES) + TOGETHER + REMOVAL + PRESENCE + EXPIRY + MOVES + OBJECTS + SCANS
