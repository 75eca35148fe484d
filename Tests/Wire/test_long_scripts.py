"""Scripts that take long: who is refused, who is served, and how such a script is ended."""

import random
import threading
import time

import pytest

from harness.resp import encode
from harness.server import Closed, NoReply, Server
from harness.waiting import until

BUSY = b"-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n"
ENDLESS = "redis.call('GET', KEYS[1]) while true do end"
BOUND = 20


@pytest.fixture
def server(threads):
    with Server("needletail", ("--lua-time-limit", "60"), threads=threads) as server:
        yield server


def raw(connection, *arguments):
    connection.send(encode(arguments))
    return connection.read(BOUND)[0]


def begin(server, text, *keys):
    connection = server.connect()
    connection.send(encode(["EVAL", text, str(len(keys)), *keys]))
    return connection


def begin_and_wait(server, text, *keys):
    """The script runs, and what wants its first key is refused."""
    running = begin(server, text, *keys)
    other = server.connect()
    assert until(lambda: raw(other, "GET", keys[0] if keys else "k") == BUSY)
    other.close()
    return running


def end(server, running):
    other = server.connect()
    assert raw(other, "SCRIPT", "KILL") == b"+OK\r\n"
    assert running.read(BOUND)[0].startswith(b"-ERR Script killed by user with SCRIPT KILL... script: ")
    assert until(lambda: raw(other, "SCRIPT", "KILL").startswith(b"-NOTBUSY"))
    assert raw(other, "SET", "k", "1") == b"+OK\r\n"
    other.close()
    running.close()


def test_its_own_keys_are_refused_and_others_are_served(server, threads):
    clients = [server.connect() for _ in range(16)]
    running = begin_and_wait(server, ENDLESS, "k")
    served = set()
    for client in clients:
        assert raw(client, "PING") == b"+PONG\r\n"
        assert raw(client, "GET", "k") == BUSY
        assert raw(client, "SHUTDOWN") == BUSY
        assert raw(client, "MSET", *(word for number in range(40) for word in (f"m{number}", "1"))) == BUSY
        assert raw(client, "DBSIZE") == BUSY
        for number in range(40):
            reply = raw(client, "SET", f"key{number}", "1")
            assert reply in (b"+OK\r\n", BUSY)
            if reply != BUSY:
                served.add(number)
    # Which keys are served is the same for all.
    assert (len(served) > 0) == (threads > 1)
    for client in clients:
        assert all((raw(client, "GET", f"key{number}") != BUSY) == (number in served) for number in range(40))
    other = server.connect()
    raw(other, "MULTI")
    assert raw(other, "SET", "k", "2") == b"+QUEUED\r\n"
    reply = raw(other, "EXEC")
    assert reply == b"-EXECABORT Transaction discarded because of: " + BUSY[1:]
    assert raw(other, "EXEC") == b"-ERR EXEC without MULTI\r\n"
    end(server, running)
    assert raw(other, "MGET", *(f"m{number}" for number in range(40))) == b"*40\r\n" + b"$-1\r\n" * 40
    assert all(raw(clients[0], "GET", f"key{number}") == b"$1\r\n1\r\n" for number in served)


def test_undeclared_keys_need_every_shard(server):
    running = begin_and_wait(server, "while true do redis.call('GET', 'a' .. 'b') end")
    other = server.connect()
    assert all(raw(other, "GET", f"key{number}") == BUSY for number in range(20))
    assert raw(other, "EVAL", "return redis.call('GET', 'x')", "0") == BUSY
    end(server, running)


def test_what_waits_when_the_time_is_up_is_refused(server):
    """Commands that came before the script was known to take long are answered, too."""
    assert raw(server.connect(), "CONFIG", "SET", "busy-reply-threshold", "400") == b"+OK\r\n"
    clients = [server.connect() for _ in range(6)]
    running = begin(server, ENDLESS, "k")
    time.sleep(0.1)
    clients[0].send(encode(["SET", "k", "1"]))
    clients[1].send(encode(["EVAL", "return redis.call('SET', KEYS[1], 1)", "1", "k"]))
    clients[2].send(encode(["RENAME", "k", "other"]))
    clients[3].send(b"".join(encode(["GET", "k"]) for _ in range(10)))
    clients[4].send(encode(["EVAL", "return redis.call('KEYS', '*')", "0"]))
    clients[5].send(encode(["MULTI"]) + encode(["INCR", "k"]) + encode(["EXEC"]))
    for client in (clients[0], clients[1], clients[2], clients[4]):
        assert client.read(BOUND)[0] == BUSY
    assert [clients[3].read(BOUND)[0] for _ in range(10)] == [BUSY] * 10
    assert [clients[5].read(BOUND)[0] for _ in range(3)][2].startswith(b"-EXECABORT")
    end(server, running)
    assert raw(clients[0], "GET", "k") == b"$1\r\n1\r\n"


def test_a_script_that_has_written_is_not_killed(server):
    running = begin_and_wait(server, "redis.call('SET', KEYS[1], 'half') while true do end", "k")
    other = server.connect()
    reply = raw(other, "SCRIPT", "KILL")
    assert reply.startswith(b"-UNKILLABLE Sorry the script already executed write commands against the dataset.")
    assert raw(other, "GET", "k") == BUSY
    other.send(encode(["SHUTDOWN", "NOSAVE"]))
    assert other.is_closed(BOUND)
    assert until(lambda: not server.is_running())
    running.close()


def test_its_client_may_leave(server):
    running = begin_and_wait(server, ENDLESS, "k")
    running.close()
    other = server.connect()
    assert raw(other, "GET", "k") == BUSY
    assert raw(other, "SCRIPT", "KILL") == b"+OK\r\n"
    assert until(lambda: raw(other, "GET", "k") != BUSY)
    assert until(lambda: b"connected_clients:1\r\n" in raw(other, "INFO", "clients"))


def test_a_client_sends_on_while_its_script_runs(server):
    running = begin_and_wait(server, ENDLESS, "k")
    running.send(encode(["SET", "k", "after"]) + encode(["GET", "k"]))
    other = server.connect()
    assert raw(other, "GET", "k") == BUSY
    assert raw(other, "SCRIPT", "KILL") == b"+OK\r\n"
    assert running.read(BOUND)[0].startswith(b"-ERR Script killed")
    assert [running.read(BOUND)[0] for _ in range(2)] == [b"+OK\r\n", b"$5\r\nafter\r\n"]


class Owner(threading.Thread):
    """Sends commands for keys that are its own; what was refused must not have happened."""

    def __init__(self, server, number, stop):
        super().__init__()
        self.connection = server.connect()
        self.chance = random.Random(number)
        self.keys = [f"o{number}:{key}" for key in range(6)]
        self.model = {}
        self.stop = stop
        self.refused = self.done = 0
        self.failure = None

    def run(self):
        try:
            while not self.stop.is_set():
                self.once()
        except (AssertionError, Closed, NoReply) as failure:
            self.failure = failure

    def once(self):
        commands = [self.one() for _ in range(self.chance.randint(1, 5))]
        self.connection.send(b"".join(encode(command) for command, _ in commands))
        for command, change in commands:
            reply = self.connection.read(BOUND)[0]
            if reply == BUSY:
                self.refused += 1
                continue
            self.done += 1
            if command[0] == "MGET":
                expected = b"".join(self.bulk(key) for key in command[1:])
                assert reply == b"*%d\r\n%s" % (len(command) - 1, expected), (command, reply)
            elif command[0] == "GET":
                assert reply == self.bulk(command[1]), (command, reply)
            else:
                assert not reply.startswith(b"-"), (command, reply)
                self.model.update(change)

    def bulk(self, key):
        value = self.model.get(key)
        return b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value.encode())

    def one(self):
        key, other = self.chance.sample(self.keys, 2)
        value = str(self.chance.randint(0, 999))
        kind = self.chance.randrange(7)
        if kind == 0:
            return ["GET", key], {}
        if kind == 1:
            return ["MGET", *self.keys], {}
        if kind == 2:
            return ["MSET", *(word for each in self.keys for word in (each, value))], dict.fromkeys(self.keys, value)
        if kind == 3:
            return ["EVAL", "return redis.call('SET', KEYS[1], ARGV[1])", "1", key, value], {key: value}
        if kind == 4:
            text = "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('SET', KEYS[2], ARGV[1])"
            return ["EVAL", text, "2", key, other, value], {key: value, other: value}
        if kind == 5:
            return ["DEL", key, other], {key: None, other: None}
        return ["SET", key, value], {key: value}


def test_nothing_is_half_done_while_scripts_come_and_go(server, threads):
    stop = threading.Event()
    owners = [Owner(server, number, stop) for number in range(8)]
    for owner in owners:
        owner.start()
    spin = "for i = 1, tonumber(ARGV[1]) do end return 1"
    declared = ["EVAL", "redis.call('GET', KEYS[1]) " + spin, "1"]
    undeclared = ["EVAL", "redis.call('GET', 'a' .. 'b') " + spin, "0"]
    scripts = [server.connect() for _ in range(2)]
    try:
        for number in range(6):
            for offset, connection in enumerate(scripts):
                script = undeclared if number % 3 == 2 else [*declared, f"long{number}{offset}"]
                connection.send(encode([*script, "8000000"]))
            for connection in scripts:
                reply = connection.read(BOUND)[0]
                assert reply.startswith((b":", b"-BUSY")), reply
        assert until(lambda: all(owner.done > 0 or owner.failure for owner in owners))
    finally:
        stop.set()
        for owner in owners:
            owner.join(60)
    assert not any(owner.is_alive() for owner in owners)
    assert [owner.failure for owner in owners] == [None] * len(owners)
    other = server.connect()
    assert raw(other, "PING") == b"+PONG\r\n"
    for owner in owners:
        for key in owner.keys:
            assert raw(other, "GET", key) == owner.bulk(key)
