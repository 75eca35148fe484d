"""Random commands on few sets, on Needletail and the oracle alike, through all forms in which sets are stored.

The seed is fixed, so that a failure comes again; WIRE_SEED changes it and WIRE_COMMANDS makes the test longer.
"""

import os
import random

import pytest

from harness.resp import encode

SEED = int(os.environ.get("WIRE_SEED", "1"))
COMMANDS = int(os.environ.get("WIRE_COMMANDS", "4000"))

KEYS = [f"s{number}" for number in range(8)] + ["{t}a", "{t}b", "string", "list", "none"]
ODD = ["", "007", "-0", "+1", "9223372036854775807", "9223372036854775808", "x" * 64, "x" * 65, "a\x00b", "\xff\r\n"]
UNORDERED = {"SMEMBERS", "SINTER", "SUNION", "SDIFF", "SRANDMEMBER", "SPOP"}
SINGLE = ["SADD", "SADD", "SADD", "SREM", "SREM", "SMISMEMBER"]


class Generator:
    """Makes one command after the other."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def key(self):
        return self.random.choice(KEYS)

    def keys(self, most=4):
        return [self.key() for _ in range(self.random.randint(1, most))]

    def member(self):
        choice = self.random.random()
        if choice < 0.5:
            return str(self.random.randint(-5, self.random.choice([10, 100, 700])))
        if choice < 0.95:
            return f"m{self.random.randint(0, self.random.choice([10, 100, 300]))}"
        return self.random.choice(ODD)

    def members(self):
        if self.random.random() < 0.3:
            first, count = self.random.randint(0, 300), self.random.choice([5, 50, 128, 150, 520])
            return [str(number) for number in range(first, first + count)]
        return [self.member() for _ in range(self.random.choice([1, 1, 2, 5, 30]))]

    def sort(self):
        words = ["SORT", self.key()]
        # Never ALPHA with BY: equal weights leave the order open.
        words += ["ALPHA"] if self.random.random() < 0.7 else self.random.choice([[], ["BY", "w*"]])
        for option in (["DESC"], ["LIMIT", self.number(), self.number()], ["GET", "w*"]):
            if self.random.random() < 0.25:
                words += option
        if self.random.random() < 0.15:
            words += ["GET", "#"]
        return words + (["STORE", "list"] if self.random.random() < 0.3 else [])

    def number(self):
        return self.random.choice(["0", "1", "3", "10", "100", "-1", "x"])

    def command(self):
        makers = [
            lambda: [self.random.choice(SINGLE), self.key(), *self.members()],
            lambda: [self.random.choice(SINGLE), self.key(), *self.members()],
            lambda: ["SISMEMBER", self.key(), self.member()],
            lambda: ["SMOVE", self.key(), self.key(), self.member()],
            lambda: [self.random.choice(["SCARD", "SMEMBERS", "TYPE"]), self.key()],
            lambda: [self.random.choice(["SINTER", "SUNION", "SDIFF"]), *self.keys()],
            lambda: [self.random.choice(["SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"]), self.key(), *self.keys()],
            lambda: ["SINTERCARD", str(self.random.randint(0, 3)), *self.keys(3)],
            lambda: ["SINTERCARD", "2", self.key(), self.key(), "LIMIT", self.number()],
            lambda: ["SRANDMEMBER", self.key(), "100000"],
            self.sort,
            lambda: ["LRANGE", "list", "0", "-1"],
            lambda: ["SET", "w" + self.member(), self.number()],
            lambda: ["COPY", self.key(), self.key(), "REPLACE"] if self.random.random() < 0.3 else ["DBSIZE"],
            lambda: ["RENAME", self.key(), self.key()] if self.random.random() < 0.3 else ["PING"],
            lambda: self.random.choice([["SPOP", self.key(), "100000"], ["DEL", *self.keys(3)], ["SET", "string", "v"]]),
            lambda: ["SMEMBERS", self.key()],
        ]
        return self.random.choice(makers)()


def sorted_lines(reply):
    """Texts and the lengths before them in any order: the same elements have the same ones."""
    return sorted(reply.split(b"\r\n"))


@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.parametrize("part", range(3))
def test_random_sets(flushed, protocol, part):
    generator = Generator(SEED * 1000 + protocol * 10 + part)
    ours, oracle = flushed.needletail.connect(protocol), flushed.oracle.connect(protocol)
    if not flushed.has("SORT") or not flushed.has("LRANGE"):
        pytest.skip("needs SORT and LRANGE")
    history = []
    while len(history) < COMMANDS // 3:
        batch = [generator.command() for _ in range(generator.random.choice([1, 1, 3, 20]))]
        data = b"".join(encode([word.encode("latin-1") for word in command]) for command in batch)
        ours.send(data)
        oracle.send(data)
        for command in batch:
            our_reply, oracle_reply = ours.read()[0], oracle.read()[0]
            history.append(" ".join(repr(word)[:60] for word in command[:12]))
            same = our_reply == oracle_reply
            if command[0] in UNORDERED:
                same = same or sorted_lines(our_reply) == sorted_lines(oracle_reply)
            assert same, "\n".join(
                [
                    f"after {len(history)} commands, seed {SEED}, part {part}:",
                    *history[-25:],
                    f"Needletail {our_reply[:300]!r}",
                    f"oracle     {oracle_reply[:300]!r}",
                ]
            )
    ours.close()
    oracle.close()
