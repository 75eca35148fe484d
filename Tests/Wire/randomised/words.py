"""What random commands are made of: keys, values, numbers, times; and the choices between them."""

import random

TYPES = ("string", "hash", "list", "set", "zset", "stream")
# A few keys of each type, some of them in one shard; "" and a long one are keys as well.
KEYS = {
    "string": [b"str:%d" % n for n in range(6)] + [b"{t}str", b"", b"long" * 80],
    "hash": [b"hash:%d" % n for n in range(5)] + [b"{t}hash"],
    "list": [b"list:%d" % n for n in range(5)] + [b"{t}list"],
    "set": [b"set:%d" % n for n in range(5)] + [b"{t}set"],
    "zset": [b"zset:%d" % n for n in range(5)] + [b"{t}zset"],
    "stream": [b"stream:%d" % n for n in range(4)] + [b"{t}stream"],
    # Sorted sets whose scores are geohashes, most of them.
    "geo": [b"geo:%d" % n for n in range(4)] + [b"{t}geo"],
    # All scores of these are equal: only then lexicographic ranges mean something.
    "lexicographic": [b"lex:%d" % n for n in range(3)],
    # Strings that are HyperLogLogs, until something else happens to them.
    "hyperloglog": [b"hll:%d" % n for n in range(5)] + [b"{t}hll"],
    # Weights that SORT looks up.
    "weight": [b"w:%d" % n for n in range(12)],
}
ALL_KEYS = [key for group in (*TYPES, *TYPES, "hyperloglog", "weight", "geo") for key in KEYS[group]]
MISSING = [b"nothing", b"{t}nothing"]
# Where the nearest places are stored, for nobody else.
NEAREST = b"nearest"

WORDS = (
    [b"", b"v", b"hello", b"10", b"-3", b"9223372036854775807", b"-9223372036854775808", b"1.5", b"3.0e2", b"0", b"007"]
    + [b" 1", b"abc" * 30, b"x" * 44, b"x" * 45, b"\x00\xff\r\n", b"ohmytext", b"mynewtext", b"nan", b"-0", b"inf"]
    + [b"9223372036854775808", b"1e10", b"3.14159265358979", b"0x1F", b"12345678901234567890", b"*", b"a*b"]
)
MEMBERS = (
    [b"m%d" % n for n in range(40)]
    + [b"%d" % n for n in range(-5, 35)]
    + [b"128", b"-129", b"32768", b"-32769", b"2147483648", b"-2147483649", b"9223372036854775807", b"8388608"]
    + [b"", b"q\x00\xff\r\n", b"x" * 30, b"y" * 63, b"y" * 64, b"z" * 65, b"w" * 200, b"1.0", b"01", b"-0", b"a" * 21]
)
LETTERS = [bytes([letter]) for letter in b"abcdefghijklmnop"] + [b"aa", b"ab", b"abc", b"b\x00", b"", b"\xff", b"B"]
INTEGERS = (
    [b"0", b"1", b"-1", b"2", b"5", b"-7", b"100", b"3", b"12"] * 3
    + [b"9223372036854775807", b"-9223372036854775808", b"x", b"", b"1.5", b"9223372036854775808", b" 1", b"01", b"+1"]
)
OFFSETS = [b"0", b"1", b"-1", b"2", b"-2", b"5", b"-5", b"20", b"-100", b"100", b"37", b"-180", b"250"] * 2 + [
    b"x",
    b"1.5",
    b"9223372036854775807",
    b"-9223372036854775808",
]
COUNTS = [b"0", b"1", b"2", b"3", b"4", b"10", b"100"] * 3 + [b"-1", b"-3", b"x", b"1.5", b"99999999999999999999"]
# Without an overflow: the oracle forgets to reset errno, and its next SORT finds no number among good ones.
FLOATS = (
    [b"0", b"1", b"-1", b"1.5", b"-2.5", b"0.1", b"3", b"100", b"7", b"2", b"10", b"0.5", b"1e3"] * 2
    + [b"3.0e2", b"-0", b"1e17", b"1e300", b"-1e300", b"1e-300", b"123456789012345678", b"0.30000000000000004"]
    + [b"inf", b"-inf", b"+inf", b"Infinity", b"nan", b"x", b"", b"0x10", b" 1", b"1 ", b"3.3333333333333335"]
)
SIMPLE_SCORES = [b"%d" % n for n in range(-3, 12)] + [b"1.5", b"2.25", b"-0.5", b"1e10"]
BOUNDS = SIMPLE_SCORES + [b"(%d" % n for n in range(-2, 9)] + [b"-inf", b"+inf", b"inf", b"(1.5", b"(-inf", b"(inf"]
BOUNDS = BOUNDS * 2 + [b"x", b"", b"(", b"nan", b"[1"]
LEXICAL = [b"-", b"+"] * 4 + [b"[" + word for word in LETTERS] + [b"(" + word for word in LETTERS] + [b"x", b"", b"("]
PATTERNS = [b"*", b"m*", b"m?", b"[0-9]*", b"*1*", b"", b"\\*", b"[^m]*", b"m[1-3]", b"x*", b"nothing", b"str:*", b"[a"]
DATABASES = [b"0", b"1", b"2"]
LETTER_CASES = [bytes.upper] * 3 + [bytes.lower, bytes.title]


class Choices:
    """A seeded source of choices, and the words above."""

    def __init__(self, seed):
        self.real = random.Random(seed).random

    def pick(self, choices):
        return choices[int(self.real() * len(choices))]

    def number(self, low, high):
        return low + int(self.real() * (high - low + 1))

    def chance(self, probability):
        return self.real() < probability

    def maybe(self, *words, chance=0.4):
        return words if self.real() < chance else ()

    def several(self, choices, most=6):
        # Mostly few; now and then as many as make another encoding.
        count = self.number(1, most) if self.real() < 0.92 else self.number(most, most * 4)
        return [self.pick(choices) for _ in range(count)]

    def key(self, group):
        """Mostly a key of this type; sometimes of another, sometimes one that nothing writes."""
        choice = self.real()
        if choice < 0.93:
            return self.pick(KEYS[group])
        return self.pick(ALL_KEYS) if choice < 0.985 else self.pick(MISSING)

    def own_key(self, group):
        return self.pick(KEYS[group])

    def any_key(self):
        return self.pick(ALL_KEYS)

    def keys(self, group, most=3):
        return [self.key(group) for _ in range(self.number(1, most))]

    def any_keys(self, most=5):
        return [self.pick(ALL_KEYS) for _ in range(self.number(1, most))]

    def word(self):
        if self.real() < 0.01:
            return b"z" * self.pick([1000, 3000])
        return self.pick(WORDS)

    def member(self):
        return self.pick(MEMBERS)

    def many(self):
        """Enough members for trees and tables to grow, of a range in which later ones meet earlier ones."""
        prefix = b"" if self.real() < 0.3 else b"n"
        first = self.number(0, 1500)
        return [prefix + b"%d" % (first + self.number(0, 400)) for _ in range(self.number(50, 300))]

    def members(self, most=6):
        if self.real() < 0.3:
            # Only integers, so that intsets live for a while.
            return [b"%d" % self.number(-5, 60) for _ in range(self.number(1, most))]
        return self.several(MEMBERS, most)

    def seconds(self):
        """A time to live: never over during a run, never twice the same."""
        if self.real() < 0.9:
            return b"%d" % (1000 + 60 * self.number(0, 10_000_000))
        return self.pick([b"0", b"-5", b"x", b"9223372036854775807", b"", b"1.5"])

    def stamp(self):
        if self.real() < 0.9:
            return b"%d" % (33177117420 + self.number(0, 20))
        return self.pick([b"0", b"-1", b"x", b"1"])

    def future(self):
        """EX, PX, EXAT or PXAT and a time that is not over."""
        unit = self.pick([b"EX", b"PX", b"EXAT", b"PXAT"])
        if self.real() < 0.05:
            return unit, self.pick([b"0", b"-5", b"x", b"", b"9223372036854775807"])
        if len(unit) == 2:
            time = b"%d" % (1000 + 60 * self.number(0, 10_000_000))
        else:
            time = b"33177117%03d" % self.number(420, 440)
        return unit, time + b"000" if unit[:1] == b"P" else time
