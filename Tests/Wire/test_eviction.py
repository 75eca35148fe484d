"""maxmemory: the limit is held, the right keys go, and what is refused is what the oracle refuses."""

import random
import threading
import time

import pytest

from harness.resp import Error, NullArray, encode
from harness.server import Server

MEGABYTE = 1 << 20
SLACK = 8 * MEGABYTE
# Not to be called with any arguments that come to mind.
UNSUITABLE = {
    "restore", "restore-asking", "migrate", "eval", "evalsha", "eval_ro", "evalsha_ro", "fcall", "fcall_ro", "exec",
    "ssubscribe", "sunsubscribe",
}  # fmt: skip


def information(connection, section="memory"):
    text = connection.call("INFO", section).decode()
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


def used(connection):
    return int(information(connection)["used_memory"])


def configure(connection, **directives):
    for name, value in directives.items():
        assert connection.call("CONFIG", "SET", name.replace("_", "-"), str(value)) == b"OK"


def pipeline(connection, commands):
    connection.send(b"".join(encode(command) for command in commands))
    return [connection.read(timeout=30)[1] for _ in commands]


@pytest.fixture
def cache(threads):
    with Server("needletail", threads=threads) as server:
        yield server


def start_limit(connection, megabytes, policy):
    configure(connection, maxmemory=megabytes * MEGABYTE, maxmemory_policy=policy)


class Sampler:
    """Watches used_memory while others write."""

    def __init__(self, server):
        self.connection, self.most, self.is_over = server.connect(), 0, False
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.is_over:
            self.most = max(self.most, used(self.connection))
            time.sleep(0.002)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.thread.join()


def fill(connection, prefix, count, size, *options, batch=200):
    value = b"v" * size
    for start in range(0, count, batch):
        names = range(start, min(count, start + batch))
        replies = pipeline(connection, [("SET", f"{prefix}{name}", value, *options) for name in names])
        assert set(replies) <= {b"OK"}, set(replies)


POLICIES = [f"{scope}-{order}" for scope in ("allkeys", "volatile") for order in ("lru", "lfu", "random")]


@pytest.mark.parametrize("policy", [*POLICIES, "volatile-ttl"])
def test_limit_is_held_and_persistent_keys_stay(cache, policy):
    connection = cache.connect()
    start_limit(connection, 24, policy)
    volatile = policy.startswith("volatile")
    if volatile:
        fill(connection, "persistent", 2000, 100)
    with Sampler(cache) as sampler:
        fill(connection, "key", 60_000, 700, *(("EX", "1000") if volatile else ()))
    assert sampler.most <= 24 * MEGABYTE + SLACK
    assert used(connection) > 20 * MEGABYTE
    assert int(information(connection, "stats")["evicted_keys"]) > 10_000
    if volatile:
        present = pipeline(connection, [("EXISTS", f"persistent{name}") for name in range(2000)])
        assert present == [1] * 2000


def test_nothing_goes_while_there_is_room(cache):
    connection = cache.connect()
    start_limit(connection, 64, "allkeys-random")
    fill(connection, "key", 20_000, 500)
    assert connection.call("DBSIZE") == 20_000
    assert information(connection, "stats")["evicted_keys"] == "0"


def test_about_as_much_goes_as_comes(cache):
    connection = cache.connect()
    start_limit(connection, 24, "allkeys-lru")
    fill(connection, "key", 60_000, 500)
    before = int(information(connection, "stats")["evicted_keys"])
    fill(connection, "more", 10_000, 500)
    gone = int(information(connection, "stats")["evicted_keys"]) - before
    assert 8_500 < gone < 11_500


def test_commands_that_make_much_of_little(cache):
    """A pipeline of short commands, each of which allocates a megabyte."""
    connection = cache.connect()
    start_limit(connection, 32, "allkeys-lru")
    with Sampler(cache) as sampler:
        for _ in range(5):
            pipeline(connection, [("SETRANGE", f"key{random.randrange(1000)}", "1000000", "x") for _ in range(100)])
    # On every thread a command may be under way that has just been admitted.
    assert sampler.most <= 32 * MEGABYTE + SLACK + cache.threads * MEGABYTE
    configure(connection, maxmemory_policy="noeviction")
    replies = pipeline(connection, [("SETRANGE", f"other{number}", "1000000", "x") for number in range(100)])
    assert any(isinstance(reply, Error) and reply.startswith(b"OOM") for reply in replies)
    assert used(connection) <= 32 * MEGABYTE + SLACK


def test_one_shard_may_take_all(cache):
    """Cold keys of the other shards make room for traffic that hits one."""
    connection = cache.connect()
    start_limit(connection, 24, "allkeys-lru")
    fill(connection, "cold", 20_000, 500)
    time.sleep(0.05)
    with Sampler(cache) as sampler:
        fill(connection, "{tag}", 24_000, 500)
    assert sampler.most <= 24 * MEGABYTE + SLACK
    present = sum(pipeline(connection, [("EXISTS", "{tag}%d" % name) for name in range(24_000)]))
    assert present > 22_000


def test_cold_goes_before_hot(cache):
    connection = cache.connect()
    start_limit(connection, 24, "allkeys-lru")
    fill(connection, "hot", 4000, 500)
    for round_number in range(8):
        fill(connection, f"cold{round_number}:", 8000, 500)
        pipeline(connection, [("GET", f"hot{name}") for name in range(4000)])
    present = sum(pipeline(connection, [("EXISTS", f"hot{name}") for name in range(4000)]))
    assert present > 3900


def test_lowering_the_limit_keeps_nobody_waiting(cache):
    connection = cache.connect()
    start_limit(connection, 128, "allkeys-lru")
    fill(connection, "key", 300_000, 200)
    before = used(connection)
    assert before > 60 * MEGABYTE
    configure(connection, maxmemory=20 * MEGABYTE)
    waits, end = [], time.monotonic() + 20
    while not waits or used(connection) > 20 * MEGABYTE and time.monotonic() < end:
        start = time.monotonic()
        assert connection.call("SET", "small", "value") == b"OK"
        waits.append(time.monotonic() - start)
    assert used(connection) <= 20 * MEGABYTE
    # How long single slices take is measured by tools/soak; here nobody may hang until all is done.
    assert max(waits) < 5
    fields = information(connection, "stats")
    assert int(fields["total_eviction_exceeded_time"]) >= 0 and fields["current_eviction_exceeded_time"] == "0"


def test_huge_values(cache):
    connection = cache.connect()
    start_limit(connection, 64, "allkeys-lru")
    with Sampler(cache) as sampler:
        for number in range(40):
            assert connection.call("SET", f"huge{number}", b"h" * (6 << 20), timeout=30) == b"OK"
            assert connection.call("RPUSH", "list", *["element"] * 5000, timeout=30)
    assert sampler.most <= 64 * MEGABYTE + SLACK


def test_transactions_keep_their_keys(cache):
    connection = cache.connect()
    start_limit(connection, 24, "allkeys-random")
    fill(connection, "key", 60_000, 500)
    for number in range(30):
        commands = [("MULTI",), ("SET", f"a{number}", b"x" * 20_000)]
        commands += [("SET", f"b{number}:{part}", b"y" * 20_000) for part in range(20)]
        commands += [("STRLEN", f"a{number}"), ("EXEC",)]
        assert pipeline(connection, commands)[-1][-1] == 20_000
    assert used(connection) <= 24 * MEGABYTE + SLACK


def test_evicted_keys_touch_watchers(cache):
    connection, other = cache.connect(), cache.connect()
    start_limit(connection, 24, "allkeys-lru")
    connection.call("SET", "watched", "value")
    connection.call("WATCH", "watched")
    fill(other, "key", 80_000, 500)
    assert other.call("EXISTS", "watched") == 0
    assert connection.call("MULTI") == b"OK"
    connection.call("PING")
    assert isinstance(connection.call("EXEC"), NullArray)


def samples_of(command, arity):
    count = arity if arity > 0 else -arity
    return (command, *["1"] * (count - 1))


def commands_with_keys(server):
    connection = server.connect()
    found = {}
    for entry in connection.call("COMMAND"):
        name, arity, flags, first = entry[0].decode(), entry[1], {flag.decode() for flag in entry[2]}, entry[3]
        if (first > 0 or "movablekeys" in flags) and name not in UNSUITABLE:
            found[name] = (arity, "denyoom" in flags, "blocking" in flags)
    return found


def test_refused_are_the_commands_that_the_oracle_refuses(pair):
    pair.flush()
    ours, theirs = commands_with_keys(pair.needletail), commands_with_keys(pair.oracle)
    connections = [pair.needletail.connect(), pair.oracle.connect()]
    for connection in connections:
        configure(connection, maxmemory_policy="noeviction", maxmemory=1)
    try:
        for name in sorted(set(ours) & set(theirs)):
            arity, denies, blocks = ours[name]
            assert denies == theirs[name][1], name
            if blocks and not denies:
                continue
            replies = [connection.call(*samples_of(name, arity)) for connection in connections]
            refused = [isinstance(reply, Error) and reply.startswith(b"OOM ") for reply in replies]
            assert refused == [denies, denies], (name, replies)
            if denies:
                assert replies[0] == replies[1]
    finally:
        for connection in connections:
            configure(connection, maxmemory=0)


@pytest.mark.parametrize("policy", ["noeviction", "volatile-lru", "volatile-ttl"])
def test_transactions_without_memory_as_the_oracle(pair, policy):
    pair.flush()
    connections = [pair.needletail.connect(), pair.oracle.connect()]
    lines = [
        "SET before 1", "MULTI", "SET a 1", "GET a", "CONFIG SET maxmemory 1", "EXEC", "MULTI", "SET a 1", "EXEC",
        "MULTI", "GET a", "DISCARD", "MULTI", "PING", "EXEC", "GET before", "DEL before", "MSET a 1 b 2 c 3 d 4",
        "MSET a 1", "DEL a b c", "SETRANGE s 100 x", "COPY before other", "RENAME before other", "LMOVE a b LEFT LEFT",
        "BLMOVE a b LEFT LEFT 0", "SORT a STORE b", "SUNIONSTORE a b c", "EXPIRE a 10", "INCR a", "GETEX a EX 10",
        "CONFIG SET maxmemory 0", "MULTI", "SET a 1", "SET b 2", "EXEC", "MULTI", "GET a", "EXEC", "SET a 1",
    ]  # fmt: skip
    for connection in connections:
        configure(connection, maxmemory_policy=policy)
    try:
        administrators = [pair.needletail.connect(), pair.oracle.connect()]
        for line in lines:
            words = line.split()
            # CONFIG would be queued.
            senders = administrators if words[0] == "CONFIG" else connections
            replies = [sender.call(*words) for sender in senders]
            assert replies[0] == replies[1], (line, replies)
    finally:
        for connection in connections:
            connection.call("DISCARD")
            configure(connection, maxmemory=0, maxmemory_policy="noeviction")


def test_refuses_only_when_nothing_can_go(cache):
    connection = cache.connect()
    start_limit(connection, 16, "volatile-lru")
    refused = 0
    for start in range(0, 60_000, 200):
        replies = pipeline(connection, [("SET", f"key{start + offset}", b"v" * 500) for offset in range(200)])
        refused += sum(isinstance(reply, Error) for reply in replies)
    assert refused > 20_000 and used(connection) < 17 * MEGABYTE
    assert isinstance(connection.call("SET", "one", b"v" * 500), Error)
    # With candidates it goes on.
    assert pipeline(connection, [("EXPIRE", f"key{name}", 1000) for name in range(4000)]).count(1) == 4000
    assert connection.call("SET", "one", b"v" * 500) == b"OK"


def test_percent_of_memory(cache):
    connection = cache.connect()
    total = int(information(connection)["total_system_memory"])
    configure(connection, maxmemory="50%")
    assert abs(int(connection.call("CONFIG", "GET", "maxmemory")[1]) - total // 2) < 100
    for text in ("101%", "-1%", "x%", "1.5x"):
        assert isinstance(connection.call("CONFIG", "SET", "maxmemory", text), Error)
    configure(connection, maxmemory="10mb")
    assert connection.call("CONFIG", "GET", "maxmemory")[1] == b"10485760"
