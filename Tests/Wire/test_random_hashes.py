"""Random commands on few hashes, on Needletail and the oracle alike, through all forms in which hashes are stored.

The seed is fixed, so that a failure comes again; WIRE_SEED changes it and WIRE_COMMANDS makes the test longer.
"""

import random

import pytest

from harness.alike import COMMANDS, SEED, run_alike

KEYS = [f"h{number}" for number in range(6)] + ["{t}a", "{t}b", "string"]
FIELDS = ["a", "b", "c", "1", "2", "-5", "007", "", "f" * 11, "x" * 70, "9223372036854775807", "3.5", "\x00\xff"]
VALUES = ["", "1", "10", "-3", "9223372036854775807", "1.5", "3.0e2", "inf", "nan", "v" * 10, "v" * 11, "z" * 300, "-0"]
NUMBERS = ["0", "1", "-1", "5", "x", "", "9223372036854775807", "-9223372036854775808", "100"]
DECIMALS = [*NUMBERS, "0.1", "-2.5e3", "1e400", "1e4932", "inf", "nan"]
UNORDERED = {"HGETALL", "HKEYS", "HVALS", "HRANDFIELD", "HSCAN"}


class Generator:
    """Makes one command after the other."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.pick = self.random.choice

    def fields(self, most):
        return [self.pick(FIELDS) for _ in range(self.random.randint(1, most))]

    def pairs(self):
        return [word for field in self.fields(4) for word in (field, self.pick(VALUES))]

    def command(self):
        key, field = self.pick(KEYS), self.pick(FIELDS)
        makers = [
            lambda: ["HSET", key, *self.pairs()],
            lambda: ["HSET", key, *self.pairs()],
            lambda: ["HSET", key, *self.pairs()],
            lambda: [self.pick(["HSET", "HMSET"]), key, *self.fields(4)],
            lambda: ["HMSET", key, *self.pairs()],
            lambda: ["HSETNX", key, field, self.pick(VALUES)],
            lambda: [self.pick(["HGET", "HEXISTS", "HSTRLEN"]), key, field],
            lambda: ["HMGET", key, *self.fields(4)],
            lambda: [self.pick(["HGETALL", "HKEYS", "HVALS", "HLEN", "TYPE"]), key],
            lambda: ["HDEL", key, *self.fields(4)],
            lambda: ["HDEL", key, *self.fields(12)],
            lambda: ["HINCRBY", key, field, self.pick(NUMBERS)],
            lambda: ["HINCRBYFLOAT", key, field, self.pick(DECIMALS)],
            lambda: ["OBJECT", "ENCODING", key],
            lambda: ["HRANDFIELD", key, self.pick(["0", "100", "x"]), *self.pick([[], ["WITHVALUES"], ["x"]])],
            lambda: ["HSCAN", key, "0", "COUNT", "10000", *self.pick([[], ["MATCH", "*1*"], ["MATCH"]])],
            lambda: ["COPY", key, self.pick(KEYS), *self.pick([[], ["REPLACE"]])],
            lambda: [self.pick(["RENAME", "RENAMENX"]), key, self.pick(KEYS)],
            lambda: self.pick([["DEL", key], ["SET", "string", "v"], ["EXPIRE", key, "1000"], ["PERSIST", key]]),
            lambda: ["DBSIZE"],
        ]
        return self.pick(makers)()


@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.parametrize("part", range(3))
def test_random_hashes(flushed, protocol, part):
    generator = Generator(SEED * 1000 + protocol * 10 + part)
    ours, oracle = flushed.needletail.connect(protocol), flushed.oracle.connect(protocol)
    limits = ["CONFIG", "SET", "hash-max-listpack-entries", "5", "hash-max-listpack-value", "10"]
    usual = ["CONFIG", "SET", "hash-max-listpack-entries", "512", "hash-max-listpack-value", "64"]
    for connection in (ours, oracle):
        connection.call(*limits)
    try:
        run_alike(ours, oracle, generator, COMMANDS // 3, UNORDERED, f"part {part}")
    finally:
        for connection in (ours, oracle):
            connection.call(*usual)
            connection.close()
