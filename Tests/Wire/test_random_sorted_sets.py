"""Random commands on few sorted sets, on Needletail and the oracle alike, through both forms in which they are stored.

The seed is fixed, so that a failure comes again; WIRE_SEED changes it and WIRE_COMMANDS makes the test longer.
"""

import os
import random

import pytest

from harness.resp import encode

SEED = int(os.environ.get("WIRE_SEED", "1"))
COMMANDS = int(os.environ.get("WIRE_COMMANDS", "4000"))

KEYS = [f"k{number}" for number in range(6)] + ["{t}a", "{t}b", "string", "set"]
MEMBERS = [f"m{number}" for number in range(300)]
ODD = ["", "1", "-7", "007", "a", "b", "aa", "a\x01b", "\xff", "x" * 64, "x" * 65]
SCORES = ["0", "1", "2", "3", "-1", "1.5", "2.25", "inf", "-inf", "1e20", "0.1", "-0", "100", "1e-5", "3.0", "nan", "x"]
STORES = ["ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE"]


class Generator:
    """Makes one command after the other."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *choices):
        return self.random.choice(choices)

    def maybe(self, chance, *words):
        return list(words) if self.random.random() < chance else []

    def several(self, maker, most):
        return [maker() for _ in range(self.random.randint(1, most))]

    def key(self):
        return self.random.choice(KEYS)

    def sorted_set(self):
        """A key that never holds a set, whose order and encoding are not the oracle's."""
        return self.random.choice(KEYS[:-1])

    def member(self):
        return self.random.choice(MEMBERS if self.random.random() < 0.9 else ODD)

    def score(self):
        choice = self.random.random()
        if choice < 0.5:
            return self.random.choice(SCORES)
        return str(self.random.randint(-50, 50)) if choice < 0.85 else repr(self.random.uniform(-100, 100))

    def score_limit(self):
        text = self.pick("-inf", "+inf", "inf", "(1", "(", "", "x") if self.random.random() < 0.25 else self.score()
        return "(" + text if self.random.random() < 0.3 else text

    def member_limit(self):
        if self.random.random() < 0.4:
            return self.pick("-", "+", "[", "(", "[a", "(b", "x")
        return self.pick("[", "(") + self.member()

    def index(self):
        return str(self.pick(0, -1, 1, 2, 5, -5, 10, 300, -300, self.random.randint(-400, 400)))

    def limit(self):
        return self.maybe(0.4, "LIMIT", self.pick("0", "1", "5", "-1", "100", "x"), self.pick("0", "1", "10", "-1"))

    def counted_keys(self, most=3):
        keys = self.several(self.key, most)
        return [str(len(keys) + (self.pick(-1, 1, 100) if self.random.random() < 0.05 else 0)), *keys]

    def weights(self, keys):
        words = [self.pick("1", "2", "0", "-1", "0.5", "inf", "x", "3e5") for _ in keys[1:]]
        return [
            *self.maybe(0.4, "WEIGHTS", *words),
            *self.maybe(0.4, "AGGREGATE", self.pick("SUM", "MIN", "MAX", "BAD")),
        ]

    def add(self):
        options = [
            *self.maybe(0.15, "NX"),
            *self.maybe(0.15, "XX"),
            *self.maybe(0.1, "GT"),
            *self.maybe(0.1, "LT"),
            *self.maybe(0.3, "CH"),
            *self.maybe(0.05, "INCR"),
        ]
        pairs = [word for _ in range(self.pick(1, 1, 2, 5, 40)) for word in (self.score(), self.member())]
        return ["ZADD", self.key(), *options, *pairs]

    def range(self, stores):
        words = self.pick(
            [self.index(), self.index()],
            [self.score_limit(), self.score_limit(), "BYSCORE", *self.limit()],
            [self.member_limit(), self.member_limit(), "BYLEX", *self.limit()],
        )
        return [*words, *self.maybe(0.3, "REV"), *self.maybe(0 if stores else 0.4, "WITHSCORES")]

    def combination(self):
        keys = self.counted_keys()
        if self.random.random() < 0.5:
            return [self.random.choice(STORES), self.key(), *keys, *self.weights(keys)]
        return [self.pick("ZUNION", "ZINTER", "ZDIFF"), *keys, *self.weights(keys), *self.maybe(0.5, "WITHSCORES")]

    def reading(self):
        key = self.key()
        return self.pick(
            ["ZCARD", key],
            ["ZSCORE", key, self.member()],
            ["ZMSCORE", key, *self.several(self.member, 4)],
            [self.pick("ZRANK", "ZREVRANK"), key, self.member()],
            ["ZCOUNT", key, self.score_limit(), self.score_limit()],
            ["ZLEXCOUNT", key, self.member_limit(), self.member_limit()],
            ["ZINTERCARD", *self.counted_keys(), *self.maybe(0.4, "LIMIT", self.pick("0", "1", "5", "-1", "x"))],
            ["OBJECT", "ENCODING", self.sorted_set()],
            ["TYPE", key],
        )

    def ranging(self):
        key = self.key()
        scores = [self.score_limit(), self.score_limit(), *self.maybe(0.5, "WITHSCORES"), *self.limit()]
        return self.pick(
            ["ZRANGE", key, *self.range(stores=False)],
            ["ZRANGESTORE", self.key(), key, *self.range(stores=True)],
            ["ZREVRANGE", key, self.index(), self.index(), *self.maybe(0.5, "WITHSCORES")],
            [self.pick("ZRANGEBYSCORE", "ZREVRANGEBYSCORE"), key, *scores],
            [self.pick("ZRANGEBYLEX", "ZREVRANGEBYLEX"), key, self.member_limit(), self.member_limit(), *self.limit()],
        )

    def removing(self):
        key = self.key()
        count = self.maybe(0.5, self.pick("0", "1", "3", "-1", "50", "x"))
        end = [self.pick("MIN", "MAX"), *self.maybe(0.5, "COUNT", self.pick("0", "1", "7", "x"))]
        return self.pick(
            ["ZREM", key, *self.several(self.member, 10)],
            ["ZREM", key, *self.several(self.member, 10)],
            ["ZREMRANGEBYRANK", key, self.index(), self.index()],
            ["ZREMRANGEBYSCORE", key, self.score_limit(), self.score_limit()],
            ["ZREMRANGEBYLEX", key, self.member_limit(), self.member_limit()],
            [self.pick("ZPOPMIN", "ZPOPMAX"), key, *count],
            ["ZMPOP", *self.counted_keys(), *end],
        )

    def other(self):
        return self.pick(
            ["COPY", self.sorted_set(), self.key(), "REPLACE"],
            ["RENAME", self.sorted_set(), self.key()],
            ["DEL", self.key()],
            ["SET", "string", "v"],
            ["SADD", "set", *self.several(self.member, 20)],
            ["SORT", self.sorted_set(), "BY", "nosort", *self.maybe(0.5, "DESC"), *self.limit()],
            ["SORT", self.key(), "ALPHA", *self.limit()],
            ["EXPIRE", self.key(), "1000"],
            ["TTL", self.key()],
        )

    def command(self):
        makers = [self.add, self.reading, self.ranging, self.removing, self.combination, self.other]
        maker = self.random.choices(makers, [30, 20, 20, 12, 10, 8])[0]
        if maker == self.add and self.random.random() < 0.1:
            return ["ZINCRBY", self.key(), self.score(), self.member()]
        return maker()


def is_lexicographical(command):
    return command[0].endswith(("LEX", "LEXCOUNT")) or "BYLEX" in command


def is_open(command, oracle):
    """Where scores differ, what a range of members is depends on the heights of towers in the oracle's skip list."""
    if not is_lexicographical(command):
        return False
    source = command[2] if command[0] == "ZRANGESTORE" else command[1]
    return oracle.call("OBJECT", "ENCODING", source) == b"skiplist"


@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.parametrize("part", range(3))
def test_random_sorted_sets(flushed, protocol, part):
    generator = Generator(SEED * 1000 + protocol * 10 + part)
    ours, oracle = flushed.needletail.connect(protocol), flushed.oracle.connect(protocol)
    history = []
    while len(history) < COMMANDS // 3:
        command = generator.command()
        if is_open(command, oracle):
            continue
        data = encode([word.encode("latin-1") for word in command])
        ours.send(data)
        oracle.send(data)
        our_reply, oracle_reply = ours.read()[0], oracle.read()[0]
        history.append(" ".join(repr(word)[:60] for word in command[:12]))
        assert our_reply == oracle_reply, "\n".join(
            [
                f"after {len(history)} commands, seed {SEED}, part {part}:",
                *history[-25:],
                f"Needletail {our_reply[:300]!r}",
                f"oracle     {oracle_reply[:300]!r}",
            ]
        )
    ours.close()
    oracle.close()
