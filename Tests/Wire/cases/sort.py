"""Cases of SORT and SORT_RO."""

import random

from harness.case import case, wrong_arity
from harness.compare import shape, unordered

ARITIES = {"SORT": -2, "SORT_RO": -2}

_random = random.Random(11)
NUMBERS = [str(number) for number in _random.sample(range(-500, 5000), 300)]
FLOATS = [f"{_random.uniform(-50, 50):.3f}" for _ in range(60)]
WORDS = [f"word:{number:03}" for number in _random.sample(range(1000), 300)]
MIXED = ["10", "9", "x", "X", "abc", "ab", "", "Zebra", "äpfel", "b-c", "b c", "1.5", "\x01", "a\xffb"]

LISTS = [
    ["RPUSH", "numbers", *NUMBERS],
    ["RPUSH", "floats", *FLOATS, "1e3", "-1E-2", "inf", "-inf", "0x10", " 7", "\t8", "+5", "05", ".5", "5."],
    ["RPUSH", "words", *WORDS],
    ["RPUSH", "mixed", *MIXED],
    ["RPUSH", "equal", "3", "03", "3.0", "1", "3e0", "2", "2.0", "1.00", "0", "-0", "+0"],
    ["RPUSH", "empty-text", "5", "", "-5"],
]
NEEDS_LISTS = ["RPUSH"]
NEEDS_ZSETS = ["RPUSH", "ZADD"]
NEEDS_HASHES = ["RPUSH", "HSET"]

# The source, each with what makes it.
USERS = list(range(1, 41))
USER_LIST = ["RPUSH", "users", *[str(user) for user in _random.sample(USERS, 40)]]
USER_SET = ["SADD", "userset", *[str(user) for user in USERS]]
WEIGHTS = ["MSET", *[word for user in USERS for word in (f"weight:{user}", str((user * 7919) % 1009))]]
NAMES = ["MSET", *[word for user in USERS[:30] for word in (f"name:{user}", f"name {(user * 31) % 97:02}")]]
HASHES = [
    ["HSET", f"user:{user}", "age", str((user * 613) % 701), "name", f"n{(user * 17) % 101:03}", "x->y", str(-user)]
    for user in USERS
]

OPTIONS = [
    "",
    "ASC",
    "DESC",
    "desc asc",
    "LIMIT 0 10",
    "LIMIT 10 10",
    "LIMIT 0 0",
    "LIMIT 5 -1",
    "LIMIT -5 3",
    "LIMIT 290 100",
    "LIMIT 1000 10",
    "LIMIT 0 1000000",
    "LIMIT 3 -100",
    "LIMIT 9223372036854775807 9223372036854775807",
    "DESC LIMIT 0 3",
    "DESC LIMIT 100 7",
    "LIMIT 1 1 LIMIT 2 2",
    "BY nosort",
    "BY nosort DESC",
    "BY nosort LIMIT 3 5",
    "BY nosort LIMIT 3 5 DESC",
    "BY nosort LIMIT 1000 5",
    "BY nosort GET #",
    "BY #",
    "GET #",
    "GET # GET #",
    "GET nothing",
    "GET nothing:*",
    "GET nothing:* GET # LIMIT 0 2",
]

PLAIN = [
    case(
        f"SORT: a list of {name}",
        *LISTS,
        *[f"SORT {name} {options} {more}" for options in OPTIONS for more in alphas],
        *[f"SORT_RO {name} {options} {more}" for options in OPTIONS[:8] for more in alphas],
        needs=NEEDS_LISTS,
    )
    for name, alphas in (
        ("numbers", ("", "ALPHA")),
        ("floats", ("", "ALPHA")),
        ("words", ("", "ALPHA")),
        ("mixed", ("", "ALPHA")),
        ("equal", ("", "ALPHA")),
        ("empty-text", ("", "ALPHA")),
    )
] + [
    case(
        "SORT: sets",
        ["SADD", "ints", *NUMBERS],
        ["SADD", "few", *WORDS[:20]],
        ["SADD", "many", *WORDS],
        *[f"SORT ints {options}" for options in OPTIONS if "BY" not in options],
        *[f"SORT few ALPHA {options}" for options in OPTIONS if "BY" not in options],
        *[f"SORT many ALPHA {options}" for options in OPTIONS if "BY" not in options],
        "SORT few",
        ("SORT many BY nosort", unordered),
        ("SORT many BY nosort LIMIT 3 5", shape),
        ("SORT few BY nosort DESC", unordered),
        "SORT many BY nosort STORE d",
        "LRANGE d 0 -1",
        "SORT many BY nosort DESC LIMIT 2 5 STORE d",
        "LRANGE d 0 -1",
        "SORT ints BY nosort STORE d",
        "LRANGE d 0 -1",
        needs=NEEDS_LISTS,
    ),
    case(
        "SORT: sorted sets",
        ["ZADD", "few", *[word for place, name in enumerate(NUMBERS[:20]) for word in (str(place), name)]],
        ["ZADD", "many", *[word for place, name in enumerate(NUMBERS) for word in (str(place), name)]],
        ["ZADD", "words", *[word for place, name in enumerate(WORDS) for word in (str(place), name)]],
        *[f"SORT {name} {options}" for name in ("few", "many") for options in OPTIONS],
        *[f"SORT words ALPHA {options}" for options in OPTIONS],
        "SORT words",
        "ZADD small 3 c 1 a 2 b",
        "OBJECT ENCODING small",
        "SORT small ALPHA",
        "OBJECT ENCODING small",
        "ZRANGE small 0 -1",
        "SORT many BY nosort LIMIT 10 5 STORE d",
        "LRANGE d 0 -1",
        needs=NEEDS_ZSETS,
    ),
    case(
        "SORT: no key, wrong types",
        "SORT none",
        "SORT none BY x* GET y*",
        "SORT_RO none DESC",
        "SET s v",
        "SORT s",
        "SORT s FOO",
        "SORT_RO s",
        "SORT s BY nosort STORE s",
        "GET s",
        "SET d v",
        "SORT none STORE d",
        "EXISTS d",
        "SORT none STORE d",
    ),
    case(
        "SORT: syntax",
        "SADD k 1 2 3",
        *[
            f"SORT k {options}"
            for options in (
                "FOO",
                "LIMIT",
                "LIMIT 1",
                "LIMIT a 1",
                "LIMIT 1 a",
                "LIMIT 1 1.5",
                "LIMIT 1 9223372036854775808",
                "BY",
                "GET",
                "STORE",
                "ASC FOO",
                "LIMIT 0 1 FOO",
                "BY nosort LIMIT x y FOO",
                "desc Alpha limit 0 2",
                "BY a* BY b*",
                "BY nosort BY b* DESC",
            )
        ],
        "SORT_RO k STORE d",
        "SORT_RO k STORE",
        "SORT_RO k limit 0 1",
    ),
    case(
        "SORT: what is no number",
        "SADD words a b 1",
        "SORT words",
        "SORT words LIMIT 0 0",
        "SORT words BY nothing:*",
        "SET w:1 x",
        "SORT words BY w:*",
        "SORT words STORE d",
        "SORT words ALPHA",
        "SADD ints 1 2 3",
        "SORT ints BY w:*",
        "SET w:1 nan",
        "SORT ints BY w:*",
        "SET w:1 '5 '",
        "SORT ints BY w:*",
        "SET w:1 '   '",
        "SORT ints BY w:*",
        "SET w:1 ''",
        "SORT ints BY w:*",
        "SET w:1 ' 12'",
        "SORT ints BY w:*",
        # The oracle forgets to clear errno: nothing can be sorted there any more, until something else does.
        "SET w:1 1e400",
        "SORT ints BY w:*",
        "INCRBYFLOAT f 1.5",
    ),
]

PATTERNS = [
    case(
        f"SORT: BY and GET over {kind}",
        command,
        WEIGHTS,
        NAMES,
        f"SORT {key} BY weight:*",
        f"SORT {key} BY weight:* DESC",
        f"SORT {key} BY weight:* LIMIT 0 5",
        f"SORT {key} BY weight:* LIMIT 20 5 GET #",
        f"SORT {key} BY weight:* GET # GET name:* GET weight:*",
        f"SORT {key} BY weight:* DESC LIMIT 3 5 GET name:* GET # GET nothing:*",
        f"SORT {key} GET name:*",
        f"SORT {key} DESC GET name:* GET weight:*",
        f"SORT {key} GET weight:1",
        f"SORT {key} GET *",
        f"SORT {key} BY nothing:* GET #",
        f"SORT {key} BY nothing:* DESC",
        f"SORT_RO {key} BY weight:* GET name:*",
        f"SORT {key} BY weight:* STORE d",
        "LRANGE d 0 -1",
        f"SORT {key} BY weight:* GET name:* GET # STORE d",
        "LRANGE d 0 -1",
        "TYPE d",
        f"SORT {key} BY weight:* LIMIT 0 0 STORE d",
        "EXISTS d",
        f"SORT {key} GET name:* STORE d",
        "LRANGE d 0 -1",
        f"SORT {key} DESC STORE {key}",
        f"TYPE {key}",
        f"LRANGE {key} 0 -1",
        needs=NEEDS_LISTS,
    )
    for kind, key, command in (("a list", "users", USER_LIST), ("a set", "userset", USER_SET))
] + [
    case(
        "SORT: BY names",
        "SADD k 1 2 3 4 5",
        "MSET n:1 delta n:2 alpha n:3 charlie n:4 beta n:5 echo",
        "SORT k BY n:* ALPHA",
        "SORT k BY n:* ALPHA DESC",
        "SORT k BY n:* ALPHA GET n:* LIMIT 1 3",
        "DEL n:3",
        "SORT k BY n:* ALPHA",
        "SORT k BY n:* ALPHA DESC",
        "SET n:3 ''",
        "SORT k BY n:* ALPHA",
        "SORT k BY n:*",
        "SET n:3 100",
        "SORT k BY n:* ALPHA GET n:*",
    ),
    case(
        "SORT: patterns of all kinds",
        "SADD k 1 2 3",
        "MSET w1x 3 w2x 2 w3x 1 1 c 2 b 3 a w*x 9 p1*q 1 p2*q 3 p3*q 2",
        *[f"SORT k BY {pattern}" for pattern in ("w*x", "*", "p**q", "w*", "#*", "*->", "w*x->", "->*")],
        *[f"SORT k GET {pattern}" for pattern in ("w*x", "*", "p**q", "#", "##", "#*", "", "*->", "->", "w*x->")],
        ["SORT", "k", "BY", b"w\x00*x"],
        ["SORT", "k", "GET", b"w\x00*x"],
        "SORT k GET # BY w*x GET *",
        "SADD types 1 2",
        "SADD t1 x",
        "SORT types GET t*",
        "SORT types BY t*",
    ),
    case(
        "SORT: fields of hashes",
        USER_LIST,
        *HASHES,
        "SORT users BY user:*->age",
        "SORT users BY user:*->age DESC LIMIT 0 7",
        "SORT users BY user:*->name ALPHA",
        "SORT users BY user:*->name ALPHA DESC GET user:*->name GET user:*->age",
        "SORT users GET user:*->nothing",
        "SORT users GET user:*->",
        "SORT users GET user:*",
        "SORT users BY user:*->nothing",
        "SORT users GET user:*->x->y",
        "SORT users BY user:*->x->y",
        "SORT users GET user:1->name",
        "SET user:1 v",
        "SORT users GET user:*->age",
        "SORT users BY user:*->age GET user:*->age STORE d",
        "LRANGE d 0 -1",
        "SORT nothing GET user:*->age",
        needs=NEEDS_HASHES,
    ),
    case(
        "SORT: in a transaction",
        USER_SET,
        WEIGHTS,
        NAMES,
        "MULTI",
        "SORT userset LIMIT 0 3",
        "SET weight:7 -1",
        "SORT userset BY weight:* GET name:* LIMIT 0 4",
        "SORT userset BY weight:* STORE d",
        "LRANGE d 0 4",
        "SORT userset FOO",
        "EXEC",
        "LRANGE d 0 -1",
        needs=NEEDS_LISTS,
    ),
    case(
        "SORT: STORE replaces whatever was there, with its deadline",
        "SADD k 3 1 2",
        "SET d v EX 100",
        "SORT k STORE d",
        "TTL d",
        "LRANGE d 0 -1",
        "WATCH d",
        "other> SORT k DESC STORE d",
        "MULTI",
        "LRANGE d 0 -1",
        "EXEC",
        "SORT k STORE k",
        "TYPE k",
        needs=NEEDS_LISTS,
    ),
]

FOUND = [
    case(
        "weights end at a NUL",
        "RPUSH l a b c d",
        'MSET w:a 3 w:b "2\\x00rest" w:c "\\x00rest" w:d "1 \\x00"',
        "SORT l BY w:*",
        "DEL w:d",
        "SORT l BY w:*",
        "SORT l BY w:* STORE s",
        "LRANGE s 0 -1",
    ),
]

CASES = wrong_arity(ARITIES) + PLAIN + PATTERNS + FOUND
