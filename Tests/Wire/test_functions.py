"""Functions on many threads: every thread knows of a change at once, and none runs half of one."""

import threading

import pytest

from harness.resp import Error, encode
from harness.server import Server
from harness.waiting import until

KEYS = [f"key{number}" for number in range(16)]


def library(body):
    return f"#!lua name=l\n{body}"


def load(connection, body, *options):
    assert connection.call("FUNCTION", "LOAD", *options, library(body)) == b"l"


@pytest.fixture(scope="module")
def server():
    with Server("needletail", threads=8) as server:
        yield server


def test_all_threads_know_a_change_at_once(server):
    connections = [server.connect() for _ in range(16)]
    for number in range(60):
        keyless = "return {%d, redis.call('get', 'key' .. args[1])}"
        body = ("return {%d, redis.call('get', keys[1])}" if number % 2 else keyless) % number
        load(
            connections[number % 16],
            f"redis.register_function('version', function(keys, args) {body} end)",
            "REPLACE",
        )
        for index, connection in enumerate(connections):
            assert connection.call("FCALL", "version", "1", KEYS[index], index)[0] == number
    assert connections[3].call("FUNCTION", "DELETE", "l") == b"OK"
    for connection in connections:
        assert isinstance(connection.call("FCALL", "version", "0"), Error)
    for connection in connections:
        connection.close()


def test_replaced_while_called(server):
    """A function that names its keys becomes one that does not, and back, under calls from all sides."""
    versions = [
        "redis.register_function('add', function(keys) return redis.call('incr', keys[1]) end)",
        "redis.register_function('add', function(keys) local key = keys[1] .. '' return redis.call('incr', key) end)",
    ]
    administrator = server.connect()
    administrator.call("FLUSHALL")
    load(administrator, versions[0], "REPLACE")
    done = threading.Event()
    counts, wrong = [0] * len(KEYS), []

    def calls(mine):
        connection = server.connect()
        while not done.is_set() and not wrong:
            for key in mine:
                counts[key] += 1
                reply = connection.call("FCALL", "add", "1", KEYS[key])
                if reply != counts[key]:
                    wrong.append((KEYS[key], counts[key], reply))
        connection.close()

    threads = [threading.Thread(target=calls, args=(range(start, len(KEYS), 4),)) for start in range(4)]
    for thread in threads:
        thread.start()
    try:
        for number in range(150):
            load(administrator, versions[number % 2], "REPLACE")
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not wrong
    assert [int(administrator.call("GET", key) or 0) for key in KEYS] == counts
    assert min(counts) > 0
    administrator.call("FUNCTION", "FLUSH")
    administrator.close()


def test_functions_are_atomic(server):
    """Amounts move between accounts on all shards; whoever looks finds the whole sum."""
    bodies = """
redis.register_function('move', function(keys, args)
    redis.call('decrby', keys[1], args[1])
    return redis.call('incrby', keys[2], args[1])
end)
redis.register_function('sum', function(keys)
    local sum = 0
    for _, key in ipairs(keys) do sum = sum + redis.call('get', key) end
    return sum
end)
"""
    administrator = server.connect()
    administrator.call("FLUSHALL")
    load(administrator, bodies, "REPLACE")
    administrator.call("MSET", *[word for key in KEYS for word in (key, "100")])
    wrong = []

    def moves(start):
        connection = server.connect()
        for number in range(100):
            source, target = KEYS[(start + number) % 16], KEYS[(start * 3 + number * 5 + 1) % 16]
            if source != target:
                connection.call("FCALL", "move", "2", source, target, "7")
            total = connection.call("FCALL", "sum", "16", *KEYS)
            if total != 1600:
                wrong.append(total)
        connection.close()

    threads = [threading.Thread(target=moves, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    administrator.call("FUNCTION", "FLUSH")
    administrator.close()


ENDLESS = """
redis.register_function('endless', function(keys) redis.call('get', keys[1]) while true do end end)
redis.register_function('writes', function(keys) redis.call('set', keys[1], 1) while true do end end)
"""
BUSY = b"-BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.\r\n"
BUSY_SCRIPT = BUSY.replace(b"FUNCTION KILL", b"SCRIPT KILL")
BOUND = 20


def raw(connection, *arguments):
    connection.send(encode(arguments))
    return connection.read(BOUND)[0]


def begin(server, *command):
    running = server.connect()
    running.send(encode(command))
    return running


def test_functions_without_end(threads):
    """What a function that takes long is refused by, and how it is ended."""
    with Server("needletail", ("--busy-reply-threshold", "50"), threads=threads) as server:
        others = [server.connect() for _ in range(4)]
        load(others[0], ENDLESS)
        running = begin(server, "FCALL", "endless", "1", "k", "argument")
        for other in others:
            assert until(lambda: raw(other, "GET", "k") == BUSY)
            assert raw(other, "SCRIPT", "KILL") == BUSY
            statistics = other.call("FUNCTION", "STATS")[1]
            assert statistics[:4] == [b"name", b"endless", b"command", [b"FCALL", b"endless", b"1", b"k", b"argument"]]
            assert statistics[5] >= 25
        # A library that comes in the middle of it does not disturb it, nor one that goes.
        assert others[1].call("FUNCTION", "LOAD", "#!lua name=m\nredis.register_function('m', function() end)") == b"m"
        assert others[1].call("FUNCTION", "DELETE", "m") == b"OK"
        assert raw(others[3], "FUNCTION", "KILL") == b"+OK\r\n"
        reply = running.read(BOUND)[0]
        assert reply.startswith(b"-ERR Script killed by user with SCRIPT KILL... script: endless, on @user_function:3.")
        assert others[2].call("FUNCTION", "STATS")[1] is None
        assert raw(others[2], "GET", "k") == b"$-1\r\n"
        running.close()
        running = begin(server, "EVAL", "redis.call('get', KEYS[1]) while true do end", "1", "k")
        assert until(lambda: raw(others[0], "GET", "k") == BUSY_SCRIPT)
        assert raw(others[1], "FUNCTION", "KILL") == BUSY_SCRIPT
        assert raw(others[1], "FUNCTION", "STATS") == BUSY_SCRIPT
        assert raw(others[1], "SCRIPT", "KILL") == b"+OK\r\n"
        running.read(BOUND)
        running.close()
        running = begin(server, "FCALL", "writes", "1", "k")
        assert until(lambda: raw(others[0], "GET", "k") == BUSY)
        for command in ("FUNCTION", "SCRIPT"):
            assert raw(others[1], command, "KILL").startswith(b"-UNKILLABLE")
        others[2].send(encode(["SHUTDOWN", "NOSAVE"]))
        assert until(lambda: not server.is_running())


def test_the_oracle_takes_our_dumps(flushed):
    ours, oracle = flushed.needletail.connect(), flushed.oracle.connect()
    texts = [
        f"#!lua name=l{number}\nredis.register_function('f{number}', function() return '{'x' * 20 * number}' end)"
        for number in range(9)
    ]
    texts.append(f"#!lua name=long\n-- {'x' * 20000}\nredis.register_function('long', function() return 1 end)")
    for connection in (ours, oracle):
        connection.call("FUNCTION", "FLUSH")
    for text in texts:
        ours.call("FUNCTION", "LOAD", text)
    assert oracle.call("FUNCTION", "RESTORE", ours.call("FUNCTION", "DUMP")) == b"OK"
    assert ours.call("FUNCTION", "RESTORE", oracle.call("FUNCTION", "DUMP"), "FLUSH") == b"OK"
    for number in range(9):
        assert ours.call("FCALL", f"f{number}", "0") == b"x" * 20 * number
    assert ours.call("FCALL", "long", "0") == 1
    for connection in (ours, oracle):
        connection.call("FUNCTION", "FLUSH")
        connection.close()
