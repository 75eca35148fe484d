"""Keyspace events: every case is played once more with a listener on both servers, and what they hear is compared."""

import importlib
import itertools
import time

import pytest

from harness.case import run
from harness.resp import split
from harness.server import Closed, NoReply, Server, is_stand_in
from harness.waiting import until

MODULES = [
    "generic",
    "string",
    "list",
    "set",
    "hash",
    "sorted_set",
    "sort",
    "stream",
    "geo",
    "bitmap",
    "hyperloglog",
    "transactions",
]
CASES = [
    pytest.param(case, id=f"{name}-{case.name}")
    for name in MODULES
    for case in importlib.import_module(f"cases.{name}").CASES
    if 2 in case.protocols and not case.literal
]
DIRECTIVE = "notify-keyspace-events"
EVERYTHING = "KEA"


class Listener:
    """Hears everything that one server says of its keys, in order."""

    def __init__(self, server):
        self.server = server
        self.ears = server.connect()
        self.ears.call("PSUBSCRIBE", "__key*__:*")
        self.ears.call("SUBSCRIBE", "the end")
        self.mouth = server.connect()

    def heard(self):
        """The events since the last call: (channel, payload)."""
        self.mouth.call("PUBLISH", "the end", "x")
        events = []
        while True:
            message = self.ears.read()[1]
            if message[0] == b"message":
                return events
            events.append((message[2], message[3]))

    def close(self):
        self.ears.close()
        self.mouth.close()


def by_key(events):
    """What each key went through; on several shards keys have no common order."""
    lives = {}
    for channel, payload in events:
        place, name = channel.split(b":", 1)
        key, event = (name, payload) if place.startswith(b"__keyspace") else (payload, name)
        lives.setdefault((place, key), []).append(event)
    return lives


def without_expiry(events):
    return [event for event in events if event[1] != b"expired" and not event[0].endswith(b":expired")]


def alike(ours, oracle, threads):
    if threads > 1:
        return by_key(ours) == by_key(oracle) or by_key(without_expiry(ours)) == by_key(without_expiry(oracle))
    # A key that nobody asks for goes at its time here, at the next look in Redis.
    return ours == oracle or without_expiry(ours) == without_expiry(oracle)


@pytest.fixture
def listeners(flushed):
    found = []
    for server in (flushed.needletail, flushed.oracle):
        listener = Listener(server)
        listener.mouth.call("CONFIG", "SET", DIRECTIVE, EVERYTHING)
        found.append(listener)
    yield found
    for listener in found:
        listener.mouth.call("CONFIG", "SET", DIRECTIVE, "")
        listener.close()


@pytest.mark.parametrize("case", CASES)
def test_case(threads, case, flushed, listeners):
    if is_stand_in():
        pytest.skip("the oracle has no threads")
    lacking = [words[0] for words in case.commands() if not flushed.has(words[0].decode("latin-1"))]
    if lacking:
        pytest.skip(f"needs {lacking[0]}")
    run(case, 2, flushed.needletail, flushed.oracle)
    try:
        ours, oracle = (listener.heard() for listener in listeners)
    except (Closed, NoReply):
        pytest.fail("a listener was cut off")
    if not alike(ours, oracle, threads):
        lines = itertools.zip_longest(ours, oracle)
        shown = [f"{'  ' if one == other else '! '}{one}   {other}" for one, other in lines][:80]
        pytest.fail("Needletail and the oracle say\n" + "\n".join(shown), pytrace=False)


PLAYS = {
    "new keys": [
        "SET a 1",
        "SET a 2",
        "RPUSH l x",
        "RPUSH l y",
        "SADD s x",
        "HSET h f v",
        "ZADD z 1 x",
        "RENAME a b",
        "COPY l m",
        "INCR n",
        "APPEND t x",
        "SETRANGE u 3 x",
        "RPOPLPUSH l k",
        "SMOVE s r x",
        "SUNIONSTORE q r",
        "ZUNIONSTORE y 1 z",
        "SORT m STORE o",
        "MSET v 1 w 2",
        "GETSET x 1",
        "MOVE b 3",
        "DEL m",
        "HINCRBY i f 1",
        "ZINCRBY j 1 x",
        "SETEX e 100 x",
    ],
    "misses": [
        "GET none",
        "SET a 1",
        "GET a",
        "MGET a none",
        "STRLEN none",
        "HGET none f",
        "LRANGE none 0 -1",
        "SMEMBERS none",
        "ZRANGE none 0 -1",
        "EXISTS none",
        "TTL none",
        "TYPE none",
        "DEL none",
        "EXPIRE none 1",
        "LPOP none",
        "GETRANGE none 0 1",
        "OBJECT ENCODING none",
        "SINTER none a2",
        "GETDEL none",
        "GETEX none",
        "TOUCH none",
        "COPY none b",
    ],
}


@pytest.mark.parametrize("letters", ["KEnm", "Kn", "En", "Em", "m", "KEAnm"])
@pytest.mark.parametrize("name", PLAYS)
def test_kinds(threads, name, letters, flushed, listeners):
    for listener in listeners:
        listener.mouth.call("CONFIG", "SET", DIRECTIVE, letters)
        for line in PLAYS[name]:
            listener.mouth.call(*split(line))
    ours, oracle = (listener.heard() for listener in listeners)
    if threads > 1:
        ours, oracle = by_key(ours), by_key(oracle)
    assert ours == oracle


@pytest.mark.parametrize("letter", "KE$lshzxetdgmn")
def test_every_letter_alone(threads, letter, flushed, listeners):
    lines = [line for play in PLAYS.values() for line in play] + ["EXPIRE a 100", "PERSIST a", "LPOP l", "SPOP r"]
    for listener in listeners:
        listener.mouth.call("CONFIG", "SET", DIRECTIVE, "KE" + letter)
        for line in lines:
            listener.mouth.call(*split(line))
    ours, oracle = (listener.heard() for listener in listeners)
    assert by_key(ours) == by_key(oracle)


def test_expired(threads, flushed, listeners):
    """Keys go by themselves and by being asked for; both are told once."""
    for listener in listeners:
        listener.mouth.call("CONFIG", "RESETSTAT")
        for number in range(50):
            listener.mouth.call("SET", f"k{number}", "x", "PX", "60")
        listener.mouth.call("SELECT", "2")
        listener.mouth.call("SET", "k", "x", "PX", "60")
    time.sleep(0.2)
    for listener in listeners:
        listener.mouth.call("SELECT", "0")
        for number in range(25):
            listener.mouth.call("GET", f"k{number}")
        assert until(lambda mouth=listener.mouth: statistic(mouth, "expired_keys") == 51)
    ours, oracle = (by_key(listener.heard()) for listener in listeners)
    assert ours == oracle


def test_evicted(threads):
    """Every key that had to go is told, once, and none that stayed."""
    with Server("needletail", ["--notify-keyspace-events", "KEe"], threads=threads) as server:
        listener = Listener(server)
        mouth = listener.mouth
        mouth.call("CONFIG", "SET", "maxmemory-policy", "allkeys-random")
        mouth.call("CONFIG", "SET", "maxmemory", "20mb")
        keys = [b"key:%d" % number for number in range(8000)]
        for key in keys:
            assert mouth.call("SET", key, "x" * 4000) == b"OK"
        mouth.call("CONFIG", "SET", "maxmemory", "0")
        gone = statistic(mouth, "evicted_keys")
        told = by_key(listener.heard())
        assert gone > 1000
        assert {key for place, key in told if place == b"__keyspace@0__"} == {
            key for key in keys if not mouth.call("EXISTS", key)
        }
        assert len(told) == 2 * gone and all(events == [b"evicted"] for events in told.values())
        listener.close()


def statistic(connection, name):
    lines = connection.call("INFO", "stats").decode().split()
    return int(next(line for line in lines if line.startswith(name + ":")).split(":")[1])
