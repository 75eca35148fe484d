"""Cases of the group "geo". Searches are asked of a small set and of a large one, which are stored differently."""

import random

from harness.case import Expect, Pipeline, Step, case, wrong_arity
from harness.compare import nearest

ARITIES = {
    "GEOADD": -5,
    "GEODIST": -4,
    "GEOHASH": -2,
    "GEOPOS": -2,
    "GEORADIUS": -6,
    "GEORADIUSBYMEMBER": -5,
    "GEORADIUSBYMEMBER_RO": -5,
    "GEORADIUS_RO": -6,
    "GEOSEARCH": -7,
    "GEOSEARCHSTORE": -8,
}

_random = random.Random(7)


def place():
    """Anywhere, near a pole, at the date line, or near 10, 50."""
    choice = _random.random()
    if choice < 0.5:
        return _random.uniform(8, 12), _random.uniform(48, 52)
    if choice < 0.75:
        return _random.uniform(-180, 180), _random.uniform(-85, 85)
    if choice < 0.87:
        return _random.choice([-1, 1]) * _random.uniform(179, 180), _random.uniform(-80, 80)
    return _random.uniform(-180, 180), _random.choice([-1, 1]) * _random.uniform(82, 85.05)


def places(count):
    return [word for number in range(count) for word in (*map(repr, place()), f"p{number}")]


SICILY = ["GEOADD", "g", "13.361389", "38.115556", "Palermo", "15.087269", "37.502669", "Catania"]
SICILY += ["12.758489", "38.788135", "edge1", "17.241510", "38.788135", "edge2"]
SMALL = ["GEOADD", "g", *places(60)]
LARGE = ["GEOADD", "g", *places(700)]
SIZES = {"small": SMALL, "large": LARGE}

SHAPES = [
    "BYRADIUS 0 m",
    "BYRADIUS 1 m",
    "BYRADIUS 50 km",
    "BYRADIUS 300 km",
    "BYRADIUS 1000 MI",
    "BYRADIUS 5000 km",
    "BYRADIUS 100000 km",
    "BYRADIUS 3e6 ft",
    "BYRADIUS inf m",
    "BYBOX 0 0 m",
    "BYBOX 100 100 km",
    "BYBOX 1 4000 km",
    "BYBOX 8000 10 km",
    "BYBOX 20000 20000 km",
    "BYBOX 50000 50000 mi",
    "BYBOX inf inf m",
]
CENTRES = ["0 0", "10 50", "-179.99 10", "180 0", "-180 -85.05112878", "180 85.05112878", "30 84", "-100 -81"]
CENTRES += ["179 66.5"]
OPTIONS = [
    "",
    "ASC",
    "DESC",
    "WITHDIST",
    "WITHCOORD",
    "WITHHASH",
    "WITHHASH WITHCOORD WITHDIST ASC",
    "COUNT 1",
    "COUNT 7 WITHDIST",
    "COUNT 50 DESC",
    "COUNT 100000",
    "COUNT 3 ANY",
    "COUNT 40 ANY WITHDIST",
    "ANY COUNT 10 ASC",
    "COUNT 10 ANY DESC",
    "COUNT 5 COUNT 2 DESC ASC",
]

ADDING = [
    case(
        "GEOADD: adds and moves",
        SICILY,
        SICILY,
        "TYPE g",
        "OBJECT ENCODING g",
        "ZRANGE g 0 -1 WITHSCORES",
        "GEOADD g 1 1 Palermo 2 2 Messina",
        "ZRANGE g 0 -1 WITHSCORES",
        "GEOADD g 3 3 x 4 4 x 5 5 x",
        "GEOPOS g x",
    ),
    case(
        "GEOADD: options",
        "GEOADD g XX 1 1 a",
        "EXISTS g",
        "GEOADD g NX 1 1 a 2 2 b",
        "GEOADD g NX 3 3 a 3 3 c",
        "GEOADD g XX 4 4 a 4 4 d",
        "GEOADD g CH 5 5 a 6 6 e",
        "GEOADD g XX CH 5 5 a 7 7 b 8 8 f",
        "GEOADD g ch nx ch 5 5 z",
        "ZRANGE g 0 -1 WITHSCORES",
        "GEOADD g NX XX 1 1 a",
        "GEOADD g XX NX CH 1 1 a",
        "GEOADD g CH CH CH",
        "GEOADD g NX CH 1",
        "GEOADD g NX CH 1 2",
        "GEOADD g GT 1 2 a",
        "GEOADD g INCR 1 2 a",
        "GEOADD g 1 2 NX",
        "GEOADD g 1 2 a 3 4",
        "GEOADD g 1 2 a CH",
        "GEOADD g 1 2 a XX 1 2",
        "ZRANGE g 0 -1 WITHSCORES",
    ),
    case(
        "GEOADD: what is no place",
        *[
            f"GEOADD g {longitude} {latitude} a"
            for longitude, latitude in (
                ("x", "1"),
                ("1", "x"),
                ("''", "1"),
                ("1", "nan"),
                ("181", "1"),
                ("-180.0000001", "0"),
                ("1", "85.05112879"),
                ("1", "-85.06"),
                ("inf", "0"),
                ("0", "-inf"),
                ("1e300", "-1e300"),
                ("1e999", "0"),
                ("200", "x"),
            )
        ],
        "GEOADD g 1 1 a 2 2 b 999 1 c",
        "GEOADD g 1 1 a 2 y b",
        "EXISTS g",
        "SET s v",
        "GEOADD s 1 1 a",
        "GEOADD s 1 x a",
        "GEOADD s 1 1",
    ),
    case(
        "GEOADD: the ends of the world",
        "GEOADD g 180 85.05112878 ne -180 -85.05112878 sw 180 -85.05112878 se -180 85.05112878 nw 0 0 zero -0 -0 minus",
        "ZRANGE g 0 -1 WITHSCORES",
        "GEOPOS g ne sw se nw zero minus",
        "GEOHASH g ne sw se nw zero minus",
        "GEODIST g ne sw",
        "GEODIST g se sw",
        "GEODIST g zero ne km",
        "GEOSEARCH g FROMMEMBER ne BYRADIUS 100 km ASC WITHDIST",
        "GEOSEARCH g FROMMEMBER sw BYRADIUS 50000 km",
        "GEOADD g 0x10 1e1 hexadecimal 1.5e-5 -.5 small",
        "GEOPOS g hexadecimal small",
    ),
    case(
        "GEOADD: becomes large",
        SMALL,
        "OBJECT ENCODING g",
        LARGE,
        "OBJECT ENCODING g",
        "ZCARD g",
        "ZRANGE g 0 -1 WITHSCORES",
        ["GEOADD", "l", "1", "1", "x" * 65],
        "OBJECT ENCODING l",
        ["GEOPOS", "l", "x" * 65],
    ),
    case(
        "GEOADD: watched",
        "GEOADD g 1 1 a",
        "WATCH g",
        "other> GEOADD g NX 2 2 a",
        "MULTI",
        "GEOPOS g a",
        "EXEC",
        "WATCH g",
        "other> GEOADD g CH 2 2 a",
        "MULTI",
        "GEOPOS g a",
        "EXEC",
    ),
]

# Scores of places whose distance in feet is half-way between two numbers with four decimals, or nearly so.
HALVES = [
    (3037881901855343, 1110909718019114),
    (1508945481876092, 3017090699952186),
    (2641384638499966, 3269159453063050),
    (122650658798323, 4424736107724189),
    (3284087406826029, 3591376361955059),
]
READING = [
    case(
        "GEODIST: units and errors",
        SICILY,
        "GEODIST g Palermo Catania",
        *[f"GEODIST g Palermo Catania {unit}" for unit in ("m", "km", "ft", "mi", "M", "Km", "FT", "mI", "cm", "''")],
        "GEODIST g Palermo Palermo",
        "GEODIST g Palermo nobody",
        "GEODIST g nobody Palermo km",
        "GEODIST none a b",
        "GEODIST none a b km",
        "GEODIST none a b cm",
        "GEODIST g Palermo Catania km x",
        "SET s v",
        "GEODIST s a b",
        "GEODIST s a b cm",
        "GEODIST s a b m x",
    ),
    case(
        "GEODIST: between two numbers with four decimals",
        *[
            step
            for first, second in HALVES
            for step in (f"ZADD g {first} a {second} b", "GEODIST g a b ft", "GEODIST g a b m")
        ],
    ),
    case(
        "GEODIST: everywhere",
        LARGE,
        *[f"GEODIST g p{number} p{number * 37 % 700} {unit}" for number in range(80) for unit in ("m", "mi")],
    ),
    case(
        "GEOPOS and GEOHASH",
        SICILY,
        "GEOPOS g",
        "GEOHASH g",
        "GEOPOS g Palermo nobody Catania Palermo",
        "GEOHASH g Palermo nobody Catania Palermo",
        "GEOPOS none",
        "GEOPOS none a b",
        "GEOHASH none",
        "GEOHASH none a b",
        "SET s v",
        "GEOPOS s",
        "GEOPOS s a",
        "GEOHASH s a",
    ),
    case(
        "GEOPOS and GEOHASH: everywhere",
        LARGE,
        "GEOPOS g " + " ".join(f"p{number}" for number in range(0, 700, 3)),
        "GEOHASH g " + " ".join(f"p{number}" for number in range(0, 700, 3)),
    ),
    case(
        "scores that are no geohash",
        "ZADD g 0 zero 1 one -1 minus 1.5 half -0.5 half- 4503599627370495 last 4503599627370496 more 9e15 big",
        "ZADD g 1e18 a 4.6e18 a2 9e18 b 9.3e18 c 1.8e19 d 2e19 e 1e300 f -1e18 g -9.3e18 h -1e300 i inf j -inf k",
        *[
            f"{command} g zero one minus half half- last more big a a2 b c d e f g h i j k"
            for command in ("GEOPOS", "GEOHASH")
        ],
        "GEODIST g zero big",
        "GEODIST g k b",
        "GEOSEARCH g FROMLONLAT 0 0 BYRADIUS 50000 km WITHHASH WITHDIST",
        "GEOSEARCH g FROMLONLAT -180 -85 BYRADIUS 500 km WITHHASH WITHCOORD",
        "GEOSEARCH g FROMMEMBER j BYRADIUS 50000 km WITHHASH",
        "GEOSEARCH g FROMMEMBER i BYBOX 500 500 km WITHHASH",
    ),
    case(
        "members that are numbers",
        "GEOADD g 10 50 1 10.01 50 -7 10 50.01 007 10.001 50 9223372036854775807 10 50 ''",
        "GEOSEARCH g FROMMEMBER 1 BYRADIUS 100 km",
        "GEOSEARCH g FROMMEMBER '' BYRADIUS 100 km ASC WITHDIST",
        "GEOPOS g -7 007 7",
        "GEOSEARCHSTORE d g FROMMEMBER 007 BYRADIUS 100 km",
        "ZRANGE d 0 -1",
        "GEORADIUSBYMEMBER g -7 100 km",
    ),
]

SEARCHING = (
    [
        case(
            f"GEOSEARCH: shapes around places, {size}",
            command,
            *[f"GEOSEARCH g FROMLONLAT {centre} {shape} WITHDIST" for centre in CENTRES for shape in SHAPES],
            "GEOSEARCH g FROMMEMBER p7 BYRADIUS 200 km WITHDIST",
            "GEOSEARCH g FROMMEMBER p11 BYBOX 500 300 km WITHDIST",
        )
        for size, command in SIZES.items()
    ]
    + [
        case(
            f"GEOSEARCH: options, {size}",
            command,
            *[
                f"GEOSEARCH g {around} {options}"
                for around in (
                    "FROMLONLAT 10 50 BYRADIUS 150 km",
                    "FROMMEMBER p3 BYBOX 3000 3000 km",
                    "FROMLONLAT 180 80 BYRADIUS 4000 mi",
                )
                for options in OPTIONS
            ],
        )
        for size, command in SIZES.items()
    ]
    + [
        case(
            f"GEORADIUS: {size}",
            command,
            *[
                f"{name} g {around} {options}"
                for name, around in (
                    ("GEORADIUS", "10 50 150 km"),
                    ("GEORADIUS_RO", "-179 -10 5000 mi"),
                    ("GEORADIUSBYMEMBER", "p3 300000 FT"),
                    ("GEORADIUSBYMEMBER_RO", "p4 9e6 m"),
                )
                for options in OPTIONS
            ],
        )
        for size, command in SIZES.items()
    ]
    + [
        case(
            "GEOSEARCH: order of places that are equally far",
            ["GEOADD", "g", *[word for n in range(90) for word in (str(10 + n % 5), "50", f"m{n * 7 % 90}")]],
            *[
                f"GEOSEARCH g FROMLONLAT 12 50 BYRADIUS 500 km {order} {count}"
                for order in ("", "ASC", "DESC")
                for count in ("", "COUNT 90", "COUNT 91")
            ],
            *[
                Step(f"GEOSEARCH g FROMLONLAT 12 50 BYRADIUS 500 km {order} COUNT {n} WITHDIST", nearest)
                for order in ("", "ASC", "DESC")
                for n in (1, 5, 6, 7, 18, 19, 41, 60, 89)
            ],
            "GEOSEARCH g FROMLONLAT 12 50 BYRADIUS 500 km COUNT 20 ANY",
            "GEOSEARCH g FROMLONLAT 12 50 BYRADIUS 500 km COUNT 20 ANY ASC",
        ),
        case(
            "GEOSEARCH: order of many places that are equally far",
            ["GEOADD", "g", *[word for n in range(600) for word in (str(10 + n * n % 9), "50", f"m{n * 7 % 600}")]],
            *[
                Step(f"GEOSEARCH g FROMLONLAT 13 50 BYRADIUS 800 km {order} COUNT {n} WITHDIST", nearest)
                for order in ("ASC", "DESC")
                for n in (1, 10, 100, 150, 299, 300, 450, 599)
            ],
            "GEOSEARCH g FROMLONLAT 13 50 BYRADIUS 800 km DESC COUNT 600",
        ),
    ]
)

WRONG_OPTIONS = [
    "FOO",
    "COUNT",
    "COUNT x",
    "COUNT 0",
    "COUNT -1",
    "COUNT 1.5",
    "COUNT 9223372036854775808",
    "COUNT 9223372036854775807",
    "ANY",
    "ANY ASC",
    "COUNT ANY",
    "ASC FOO",
    "STORE",
    "STOREDIST",
    "withdist Asc Count 1",
]
WRONG_STORES = ["STORE d", "STOREDIST d", "WITHDIST STORE d", "STORE d WITHCOORD", "STORE d x"]
ERRORS = [
    case(
        "GEOSEARCH: errors",
        SICILY,
        *[f"GEOSEARCH g FROMMEMBER Palermo BYRADIUS 100 km {options}" for options in WRONG_OPTIONS],
        *[f"GEOSEARCHSTORE d g FROMMEMBER Palermo BYRADIUS 100 km {options}" for options in WRONG_OPTIONS],
        *[
            f"{command} {arguments}"
            for command in ("GEOSEARCH g", "GEOSEARCHSTORE d g", "GEOSEARCH none", "GEOSEARCHSTORE d none")
            for arguments in (
                "FROMMEMBER nobody BYRADIUS 1 km ASC",
                "FROMLONLAT x 1 BYRADIUS 1 km",
                "FROMLONLAT 1 x BYRADIUS 1 km",
                "FROMLONLAT 999 1 BYRADIUS 1 km",
                "FROMLONLAT 1 1 BYRADIUS x km",
                "FROMLONLAT 1 1 BYRADIUS -1 km",
                "FROMLONLAT 1 1 BYRADIUS -1 x",
                "FROMLONLAT 1 1 BYRADIUS 1 cm",
                "FROMLONLAT 1 1 BYRADIUS nan m",
                "FROMLONLAT 1 1 BYBOX x 1 km",
                "FROMLONLAT 1 1 BYBOX 1 x km",
                "FROMLONLAT 1 1 BYBOX -1 1 km",
                "FROMLONLAT 1 1 BYBOX 1 -1 km",
                "FROMLONLAT 1 1 BYBOX -1 x km",
                "FROMLONLAT 1 1 BYBOX 1 1 parsec",
                "FROMLONLAT 1 1 BYBOX 1 1",
                "FROMLONLAT 1 1 ASC DESC",
                "BYRADIUS 1 km ASC DESC",
                "BYBOX 1 1 km ASC",
                "ASC DESC ASC DESC ASC",
                "FROMMEMBER Palermo FROMLONLAT 1 1 BYRADIUS 1 km",
                "FROMLONLAT 1 1 FROMMEMBER Palermo BYRADIUS 1 km",
                "FROMLONLAT 1 1 FROMLONLAT 13 38 BYRADIUS 100 km",
                "FROMMEMBER Catania FROMMEMBER Palermo BYRADIUS 1 km",
                "FROMLONLAT 1 1 BYRADIUS 1 km BYBOX 1 1 km",
                "FROMLONLAT 1 1 BYBOX 1 1 km BYRADIUS 1 km",
                "FROMLONLAT 13 38 BYRADIUS 1 km BYRADIUS 200 km",
                "FROMLONLAT 1 1 BYPOLYGON 1 2 3",
                "FROMLONLAT 1 1 BYRADIUS 1 km STORE x",
                "FROMLONLAT 1 1 BYRADIUS 1 km STOREDIST",
                "FROMLONLAT 1 1 BYRADIUS 1 km WITHDIST STOREDIST",
                "FROMLONLAT 1 1 BYRADIUS 1 km WITHCOORD",
                "WITHHASH ANY ASC DESC ASC",
                "FROMLONLAT 1 1 ANY ASC DESC",
            )
        ],
        "GeoSearch g ASC ASC ASC ASC ASC",
        "GEOSEARCHstore d g BYRADIUS FROMLONLAT 1 1 ASC",
        "SET s v",
        "GEOSEARCH s FROMLONLAT x x BYRADIUS 1 km",
        "GEOSEARCH s A B C D E",
        "GEOSEARCHSTORE d s A B C D E",
        "GEOSEARCHSTORE s g FROMMEMBER Palermo BYRADIUS 1 km",
        "TYPE s",
    ),
    case(
        "GEORADIUS: errors",
        SICILY,
        "SET s v",
        *[
            f"{command} {options}"
            for command in (
                "GEORADIUS g 13 38 100 km",
                "GEORADIUS_RO g 13 38 100 km",
                "GEORADIUSBYMEMBER g Palermo 100 km",
                "GEORADIUSBYMEMBER_RO g Palermo 100 km",
                "GEORADIUSBYMEMBER none Palermo 100 km",
            )
            for options in [*WRONG_OPTIONS, *WRONG_STORES]
        ],
        *[
            f"{name}{suffix} {key} {arguments}"
            for suffix in ("", "_RO")
            for key in ("g", "none", "s")
            for name, arguments in (
                ("GEORADIUS", "x 1 1 km"),
                ("GEORADIUS", "1 x 1 km"),
                ("GEORADIUS", "1 99 1 km"),
                ("GEORADIUS", "1 99 x cm"),
                ("GEORADIUS", "1 1 x km"),
                ("GEORADIUS", "1 1 -1 km"),
                ("GEORADIUS", "1 1 -1 cm"),
                ("GEORADIUS", "1 1 1 cm FOO"),
                ("GEORADIUSBYMEMBER", "nobody 1 km"),
                ("GEORADIUSBYMEMBER", "nobody x cm FOO"),
                ("GEORADIUSBYMEMBER", "Palermo x km"),
                ("GEORADIUSBYMEMBER", "Palermo -1 km"),
                ("GEORADIUSBYMEMBER", "Palermo 1 cm"),
                ("GEORADIUSBYMEMBER", "Palermo 1 cm FOO"),
                ("GEORADIUSBYMEMBER", "Palermo 1 km ANY"),
            )
        ],
    ),
]


def storing(size, command):
    searches = [
        "GEOSEARCHSTORE d g FROMLONLAT 10 50 BYRADIUS 200 km",
        "GEOSEARCHSTORE d g FROMLONLAT 10 50 BYRADIUS 200 km STOREDIST",
        "GEOSEARCHSTORE d g FROMMEMBER p5 BYBOX 2000 2000 mi STOREDIST COUNT 9",
        "GEOSEARCHSTORE d g FROMMEMBER p5 BYBOX 2000 2000 mi COUNT 9 DESC",
        "GEOSEARCHSTORE d g FROMMEMBER p5 BYBOX 2000 2000 mi COUNT 9 ANY",
        "GEOSEARCHSTORE d g FROMMEMBER p5 BYBOX 2000 2000 mi COUNT 9 ANY ASC",
        "GEORADIUS g 10 50 200 km STORE d",
        "GEORADIUS g 10 50 200 km STOREDIST d",
        "GEORADIUS g 10 50 9000 km STOREDIST d COUNT 200 DESC",
        "GEORADIUSBYMEMBER g p9 3000 km STORE d",
        "GEORADIUSBYMEMBER g p9 3000 ft STOREDIST d",
    ]
    shown = [step for search in searches for step in (search, "ZRANGE d 0 -1 WITHSCORES", "OBJECT ENCODING d")]
    return case(f"STORE: {size}", command, *shown)


STORING = [storing(size, command) for size, command in SIZES.items()] + [
    case(
        "STORE: replaces whatever was there, with its deadline",
        SICILY,
        "SET d v EX 100",
        "GEOSEARCHSTORE d g FROMMEMBER Palermo BYRADIUS 200 km",
        "TTL d",
        "ZRANGE d 0 -1 WITHSCORES",
        "EXPIRE d 100",
        "WATCH d",
        "other> GEORADIUS g 13 38 200 km STOREDIST d",
        "MULTI",
        "ZCARD d",
        "EXEC",
        "TTL d",
        "SET d v",
        "GEOSEARCHSTORE d g FROMLONLAT 100 10 BYRADIUS 1 km",
        "EXISTS d",
        "GEOSEARCHSTORE d g FROMLONLAT 100 10 BYRADIUS 1 km",
        "SET d v",
        "GEORADIUS none 1 1 1 km STORE d",
        "EXISTS d",
        "SET d v",
        "GEORADIUSBYMEMBER none x x x STORE d",
        "EXISTS d",
        "SET d v",
        "GEOSEARCHSTORE d none FROMMEMBER x BYRADIUS 1 km",
        "EXISTS d",
        "GEOSEARCHSTORE d none FROMMEMBER x BYRADIUS 1 km",
        "GEOSEARCHSTORE g g FROMMEMBER Palermo BYRADIUS 200 km STOREDIST",
        "ZRANGE g 0 -1 WITHSCORES",
    ),
    case(
        "STORE: the last destination counts, whatever its name",
        SICILY,
        *[
            step
            for options in (
                "STORE a STORE b",
                "STORE a STOREDIST b",
                "STOREDIST a STORE b",
                "STORE store ASC",
                "STORE STORE",
                "STOREDIST store DESC COUNT 1",
                "STORE storedist STOREDIST store",
                "STORE STORE STORE a",
                "STORE STORE a",
                "STORE a STORE",
                "STORE a COUNT 1 STOREDIST {t}x ASC",
                "WITHDIST STORE a",
                "STORE g",
            )
            for command in ("GEORADIUS g 13 38 500 km", "GEORADIUSBYMEMBER g Palermo 500 km")
            for step in (
                SICILY,
                f"{command} {options}",
                *(f"ZRANGE {key} 0 -1 WITHSCORES" for key in ("a", "b", "store", "STORE", "storedist", "{t}x", "g")),
                "DEL a b store STORE storedist {t}x g",
            )
        ],
    ),
    case(
        "STORE: in a transaction and in a pipeline",
        SICILY,
        "MULTI",
        "GEOSEARCHSTORE d g FROMMEMBER Palermo BYRADIUS 200 km",
        "GEORADIUS g 13 38 500 km STORE a STOREDIST b",
        "ZCARD b",
        "GEOADD d 1 1 new",
        "GEOSEARCH d FROMLONLAT 1 1 BYRADIUS 1 km WITHCOORD",
        "GEOSEARCH d FOO FOO FOO FOO FOO",
        "EXEC",
        Pipeline(
            *[
                command
                for number in range(8)
                for command in (
                    f"GEOSEARCHSTORE d{number} g FROMMEMBER Palermo BYRADIUS 200 km STOREDIST",
                    f"ZRANGE d{number} 0 -1 WITHSCORES",
                    f"GEORADIUSBYMEMBER g Catania 200 km STORE e{number}",
                    f"GEOSEARCH e{number} FROMMEMBER Palermo BYRADIUS 1 km WITHHASH",
                )
            ]
        ),
    ),
    case(
        "keys of GEORADIUS",
        *[
            f"COMMAND GETKEYS {command}"
            for command in (
                "GEORADIUS k 1 1 1 km",
                "GEORADIUS k 1 1 1 km STORE a",
                "GEORADIUS k 1 1 1 km ASC STOREDIST a",
                "GEORADIUSBYMEMBER k m 1 km store a",
                "GEORADIUSBYMEMBER k store 1 km",
                "GEOSEARCHSTORE d k FROMMEMBER m BYRADIUS 1 km",
                "GEOSEARCH k FROMMEMBER m BYRADIUS 1 km",
            )
        ],
    ),
]

# A triangle, a square with a corner pushed in, and a star, whose middle is outside by the even-odd rule.
TRIANGLE = "BYPOLYGON 3 12 37 14 39 16 37"
SQUARE = "BYPOLYGON 5 12 37 18 37 15 38.2 18 39.5 12 39.5"
STAR = "BYPOLYGON 5 10 5 30 5 14 17 20 -3 26 17"
BAD_POLYGONS = {
    "BYPOLYGON 2 1 1 2 2": "ERR GEOSEARCH BYPOLYGON must have at least 3 vertices",
    "BYPOLYGON 0 1 1 2 2": "ERR GEOSEARCH BYPOLYGON must have at least 3 vertices",
    "BYPOLYGON -3 1 1 2 2": "ERR GEOSEARCH BYPOLYGON must have at least 3 vertices",
    "BYPOLYGON x 1 1 2 2 3 1": "ERR value is not an integer or out of range",
    "BYPOLYGON 3 1 1 2 2 3": "ERR syntax error",
    "BYPOLYGON 4 1 1 2 2 3 1": "ERR syntax error",
    "BYPOLYGON 3 1 1 2 2 3 1 9": "ERR syntax error",
    "BYPOLYGON 9223372036854775807 1 1 2 2 3 1": "ERR syntax error",
    "BYPOLYGON 3 1 1 2 2 3 x": "ERR value is not a valid float",
    "BYPOLYGON 3 1 1 2 2 181 1": "ERR invalid longitude,latitude pair 181.000000,1.000000",
    "BYPOLYGON 3 1 1 2 2 1 86": "ERR invalid longitude,latitude pair 1.000000,86.000000",
    f"FROMMEMBER Palermo {TRIANGLE}": "ERR syntax error",
    f"FROMLONLAT 1 1 {TRIANGLE}": "ERR syntax error",
    f"{TRIANGLE} FROMMEMBER Palermo": "ERR syntax error",
    f"{TRIANGLE} FROMLONLAT 1 1": "ERR syntax error",
    f"{TRIANGLE} BYRADIUS 1 km": "ERR syntax error",
    f"{TRIANGLE} BYBOX 1 1 km": "ERR syntax error",
    f"{TRIANGLE} ANY": "ERR the ANY argument requires COUNT argument",
    f"{TRIANGLE} COUNT 0": "ERR COUNT must be > 0",
}


def polygon(words, *wanted, stored=None):
    command = "GEOSEARCH g" if stored is None else "GEOSEARCHSTORE d g"
    return Expect(f"{command} {words}", [*wanted] if stored is None else stored)


POLYGONS = [
    case(
        "BYPOLYGON: what is inside",
        Expect(SICILY, 4),
        polygon(TRIANGLE, b"Palermo", b"Catania"),
        polygon(SQUARE, b"Palermo", b"edge1", b"Catania"),
        polygon("BYPOLYGON 3 0 0 1 1 2 0"),
        polygon("BYPOLYGON 3 13 37 14 37 15 37"),
        polygon(f"BYPOLYGON 3 0 0 1 1 2 0 {TRIANGLE}", b"Palermo", b"Catania"),
        Expect(f"GEOSEARCH none {TRIANGLE}", []),
        Expect("DEL g", 1),
        Expect("GEOADD g 20 8 middle 20 15 top 14 6 left 26 6 right 17 0 foot 20 -1 below", 6),
        polygon(f"{STAR} ASC", b"left", b"right", b"below"),
    ),
    case(
        "BYPOLYGON: the map's ends",
        Expect("GEOADD g 179 10 east -179 10 west 0 84 north 0 0 zero 120 84 beyond", 5),
        polygon("BYPOLYGON 4 170 0 180 0 180 20 170 20", b"east"),
        polygon("BYPOLYGON 4 -180 0 -170 0 -170 20 -180 20", b"west"),
        # Nothing goes across the date line: these sides go round the world.
        polygon("BYPOLYGON 4 170 -5 -170 -5 -170 20 170 20", b"zero"),
        polygon("BYPOLYGON 4 -180 80 -90 85.05 90 85.05 180 80", b"north"),
        Expect(
            "GEOSEARCH g BYPOLYGON 4 -180 -85.05112878 180 -85.05112878 180 85.05112878 -180 85.05112878",
            lambda members: sorted(members) == [b"beyond", b"east", b"north", b"west", b"zero"],
        ),
    ),
    case(
        "BYPOLYGON: options",
        Expect(SICILY, 4),
        # The distances of the example on Valkey's page.
        polygon(
            "BYPOLYGON 5 12.41098696654226 38.05033923003755 15.107936245794182 38.00616649901906 18.148439288534455 "
            "38.63804787603499 17.80831874257693 39.50316813110968 12.458468633214036 38.57719533463012 ASC WITHDIST",
            [b"Palermo", b"166482.0159"],
            [b"edge2", b"180861.7725"],
        ),
        polygon(f"{TRIANGLE} DESC WITHDIST", [b"Catania", b"97789.7329"], [b"Palermo", b"74231.3029"]),
        polygon(f"{TRIANGLE} COUNT 1", b"Palermo"),
        polygon(f"COUNT 1 DESC {TRIANGLE} WITHHASH", [b"Catania", 3479447370796909]),
        polygon(f"{TRIANGLE} COUNT 1 ANY", b"Palermo"),
        polygon(f"{TRIANGLE} ASC", stored=2),
        Expect("ZRANGE d 0 -1", [b"Palermo", b"Catania"]),
        polygon(f"{TRIANGLE} COUNT 1 STOREDIST", stored=1),
        Expect("ZRANGE d 0 -1", [b"Palermo"]),
        polygon(SQUARE, stored=3),
        Expect("ZRANGE d 0 -1", [b"Palermo", b"edge1", b"Catania"]),
        polygon("BYPOLYGON 3 0 0 1 1 2 0", stored=0),
        Expect("EXISTS d", 0),
    ),
    case(
        "BYPOLYGON: errors",
        Expect(SICILY, 4),
        *[
            Expect(f"{command} {words}", b"-" + error.encode() + b"\r\n")
            for command in ("GEOSEARCH g", "GEOSEARCHSTORE d g", "GEOSEARCH none")
            for words, error in BAD_POLYGONS.items()
        ],
        Expect(f"GEORADIUS g 1 1 1 km {TRIANGLE}", b"-ERR syntax error\r\n"),
    ),
]

CASES = wrong_arity(ARITIES) + ADDING + READING + SEARCHING + ERRORS + STORING + POLYGONS
