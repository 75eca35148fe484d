"""Client-side caching across threads: nothing stale behind a PING, what expires and is evicted, whose ears are gone."""

import random
import threading
import time

import pytest

from harness.resp import Push, encode
from harness.server import Closed, NoReply, Server
from harness.waiting import together, until

BOUND = 20


@pytest.fixture
def server(threads):
    with Server("needletail", ("--enable-debug-command", "yes"), threads=threads) as server:
        yield server


def field(server, name):
    text = server.connect().call("INFO").decode()
    return int(next(line.split(":")[1] for line in text.split("\r\n") if line.startswith(name + ":")))


class Cache:
    """A connection in RESP3 with copies of what it has read, which it forgets when told to."""

    def __init__(self, server, *options):
        self.connection = server.connect(3)
        self.copies = {}
        self.told = []
        assert self.call("CLIENT", "TRACKING", "ON", *options) == b"OK"

    def take(self, push):
        assert push[0] == b"invalidate"
        self.told.append(push[1])
        if push[1] is None:
            self.copies.clear()
        for key in push[1] or []:
            self.copies.pop(key, None)

    def reply(self, timeout=BOUND):
        while True:
            value = self.connection.read(timeout)[1]
            if not isinstance(value, Push):
                return value
            self.take(value)

    def call(self, *arguments, timeout=BOUND):
        self.connection.send(encode(arguments))
        return self.reply(timeout)

    def get(self, key):
        if key not in self.copies:
            value = self.call("GET", key)
            self.copies[key] = value
        return self.copies[key]

    def hears(self, count):
        """Reads messages until so many have come."""
        while len(self.told) < count:
            value = self.connection.read(BOUND)[1]
            assert isinstance(value, Push)
            self.take(value)
        return self.told


@pytest.mark.parametrize("options", [(), ("BCAST",), ("BCAST", "PREFIX", "k1", "PREFIX", "k2")], ids=lambda o: "-".join(o))
def test_nothing_stale_behind_a_ping(server, options):
    """What was acknowledged to a writer before a PING is sent is no longer in the cache when the PONG has come."""
    keys = [b"k%d" % number for number in range(30) if not options[1:] or b"%d" % number > b"1"]
    keys = [key for key in keys if not options[1:] or key[:2] in (b"k1", b"k2")]
    written = {key: 0 for key in keys}
    seconds = 0.8
    end = time.monotonic() + seconds
    reads = [0]

    def write(number):
        connection = server.connect()
        own = keys[number::3]
        counter = 0
        chance = random.Random(number)
        while time.monotonic() < end:
            counter += 1
            some = chance.sample(own, chance.randint(1, 4))
            kind = chance.randint(0, 2)
            if kind == 0:
                requests = [["SET", key, str(counter)] for key in some]
            elif kind == 1:
                requests = [["MSET", *[word for key in some for word in (key, str(counter))]]]
            else:
                requests = [["MULTI"], *[["SET", key, str(counter)] for key in some], ["EXEC"]]
            connection.send(b"".join(encode(request) for request in requests))
            for _ in requests:
                connection.read(BOUND)
            for key in some:
                written[key] = counter

    def read(number):
        chance = random.Random(100 + number)
        cache = Cache(server, *options)
        while time.monotonic() < end:
            for _ in range(10):
                cache.get(chance.choice(keys))
            before = dict(written)
            assert cache.call("PING") == b"PONG"
            for key, value in cache.copies.items():
                assert int(value or 0) >= before[key], (key, value, before[key])
            reads[0] += 1

    together(*[lambda n=n: write(n) for n in range(3)], *[lambda n=n: read(n) for n in range(3)])
    assert reads[0] > 10


def is_silent(connection, *request):
    """Nothing comes back for some time."""
    try:
        connection.call(*request, timeout=0.1)
        return False
    except NoReply:
        return True


def test_nothing_stale_while_everything_is_being_removed(server, threads):
    """FLUSHDB of another database makes shard after shard forget its readers. One shard is held up by a script, so that
    it has done so with the others only: whoever is told of no change from then on has been told to forget all."""
    if threads == 1:
        pytest.skip("one thread removes everything at once")
    keys = [f"k{number}" for number in range(16)]
    caches = [Cache(server) for _ in range(2 * threads)]
    writers = {key: server.connect() for key in keys}
    flushers = [server.connect() for _ in range(2 * threads)]
    for connection in flushers + list(writers.values()):
        assert connection.call("SELECT", "1") == b"OK"
    for key, writer in writers.items():
        assert writer.call("SET", key, "of the other database") == b"OK"
    for cache in caches:
        for key in keys:
            cache.get(key)
    script = server.connect()
    script.send(encode(["EVAL", "local last = tonumber(redis.call('TIME')[1]) + 4 while tonumber(redis.call('TIME')[1]) < last do end", "1", "held up"]))
    assert until(lambda: is_silent(server.connect(), "GET", "held up"))
    for flusher in flushers:
        flusher.send(encode(["FLUSHDB"]))
    written = set()

    def write(key, writer):
        # No reply comes from the shard, and from the thread, of the script.
        try:
            while writer.call("GET", key, timeout=0.3) is not None:
                pass
            writer.call("SELECT", "0", timeout=0.3)
            writer.call("SET", key, "new", timeout=0.3)
            written.add(key)
        except NoReply:
            pass

    together(*[lambda key=key, writer=writer: write(key, writer) for key, writer in writers.items()])
    told = 0
    for cache in caches:
        try:
            cache.call("PING", timeout=0.05)
        except NoReply:
            continue
        told += 1
        assert not written & set(cache.copies)
    assert written and told
    for connection in [script, *flushers]:
        with pytest.raises(NoReply):
            connection.read(0)
    for connection in [script, *flushers]:
        connection.read(BOUND)


def test_a_round_in_flight_is_told_behind_its_replies(server):
    """Whoever reads many keys at once while they change must not hear of a change before the value that it replaced."""
    keys = [b"k%d" % number for number in range(16)]
    end = time.monotonic() + 0.6

    def write():
        connection = server.connect()
        counter = 0
        while time.monotonic() < end:
            counter += 1
            connection.call("MSET", *[word for key in keys for word in (key, str(counter))])

    def read():
        cache = Cache(server)
        connection = cache.connection
        while time.monotonic() < end:
            connection.send(b"".join(encode(["GET", key]) for key in keys))
            for key in keys:
                cache.copies[key] = cache.reply()
        # Nobody writes any more: what is still there is true.
        writer.join(BOUND)
        cache.call("PING")
        now = server.connect().call("MGET", *keys)
        for key, value in zip(keys, now):
            assert cache.copies.get(key, value) == value

    writer = threading.Thread(target=write)
    writer.start()
    together(read, read)
    writer.join(BOUND)


def test_expiry(server):
    """Keys that nobody asks for are told as well."""
    writer = server.connect()
    cache = Cache(server)
    for number in range(20):
        writer.call("SET", f"k{number}", "x", "PX", "80")
        cache.get(b"k%d" % number)
    cache.hears(20)
    assert cache.copies == {}
    writer.call("DEBUG", "SET-ACTIVE-EXPIRE", "0")
    writer.call("SET", "late", "x", "PX", "30")
    cache.get(b"late")
    assert until(lambda: writer.call("PTTL", "late") == -2)
    cache.hears(21)


def test_fields_that_expire(server):
    writer = server.connect()
    cache = Cache(server)
    writer.call("HSET", "h", "f", "1", "g", "1")
    writer.call("HPEXPIRE", "h", "50", "FIELDS", "1", "f")
    cache.call("HGETALL", "h")
    cache.hears(1)
    assert cache.told == [[b"h"]]


def test_eviction(server):
    """Whatever is evicted, its readers are told, also by their own commands and in spite of NOLOOP."""
    writer = server.connect()
    cache = Cache(server, "NOLOOP")
    keys = [b"k%d" % number for number in range(2000)]
    for key in keys:
        writer.send(encode(["SET", key, "x" * 500]))
    for _ in keys:
        writer.read(BOUND)
    cache.connection.send(b"".join(encode(["GET", key]) for key in keys))
    for key in keys:
        cache.copies[key] = cache.reply()
    used = field(server, "used_memory")
    writer.call("CONFIG", "SET", "maxmemory-policy", "allkeys-random", "maxmemory", str(used - 300_000))
    cache.call("SET", "own", "x" * 1000)
    assert until(lambda: field(server, "evicted_keys") > 100 and field(server, "used_memory") <= used - 300_000)
    writer.call("CONFIG", "SET", "maxmemory", "0")
    cache.call("PING")
    alive = writer.call("EXISTS", *cache.copies)
    assert alive == len(cache.copies) < 2000


def test_limit_of_the_table(server):
    """Beyond tracking-table-max-keys readers of some keys are told although nothing has changed."""
    writer = server.connect()
    writer.call("CONFIG", "SET", "tracking-table-max-keys", "80")
    cache = Cache(server)
    for number in range(400):
        cache.get(b"k%d" % number)

    def is_known(most):
        """The server knows of the copies that are left, and of no others."""
        cache.call("PING")
        keys, items = field(server, "tracking_total_keys"), field(server, "tracking_total_items")
        return 0 < len(cache.copies) == keys == items <= most

    assert until(lambda: is_known(80))
    writer.call("CONFIG", "SET", "tracking-table-max-keys", "16")
    assert until(lambda: is_known(16))
    writer.call("CONFIG", "SET", "tracking-table-max-keys", "0")

    def has_all():
        for number in range(400):
            cache.get(b"k%d" % number)
        return field(server, "tracking_total_keys") == 400

    assert until(has_all)


def test_swapdb_forgets_everything(server):
    """Redis says nothing when databases change places; copies of their keys would be wrong."""
    cache = Cache(server)
    cache.get(b"k")
    server.connect().call("SWAPDB", "0", "1")
    cache.call("PING")
    assert cache.told == [None]


def test_flush_is_told_once(server):
    cache = Cache(server)
    prefixed = Cache(server, "BCAST", "PREFIX", "x")
    writer = server.connect()
    for number in range(5):
        for key in range(20):
            cache.get(b"k%d" % key)
        writer.send(encode(["FLUSHALL"]) + encode(["FLUSHDB"]) if number % 2 else encode(["FLUSHALL"]))
        for _ in range(1 + number % 2):
            writer.read(BOUND)
        cache.call("PING")
        prefixed.call("PING")
        assert cache.copies == {}
        assert cache.told == prefixed.told == [None] * (1 + number % 2)
        cache.told.clear()
        prefixed.told.clear()


def test_scripts(server):
    writer = server.connect()
    cache = Cache(server)
    if isinstance(writer.call("EVAL", "return 1", "0"), Exception):
        pytest.skip("no scripts")
    cache.call("EVAL", "return redis.call('get', KEYS[1])", "1", "k")
    cache.call("EVAL", "return redis.call('get', 'undeclared')", "0")
    writer.call("EVAL", "return redis.call('set', KEYS[1], 'x')", "1", "k")
    cache.call("PING")
    assert cache.told == [[b"k"]]
    writer.call("EVAL", "return redis.call('set', 'undecl' .. 'ared', 'x')", "0")
    cache.call("PING")
    assert cache.told == [[b"k"], [b"undeclared"]]
    cache.call("EVAL", "redis.call('get', KEYS[1]); redis.call('set', KEYS[1], 'y')", "1", "k")
    cache.hears(3)


def test_redirection_to_another_thread(server):
    """The one that is told and the one that reads live on any two threads; a PING of the former shows all."""
    for _ in range(8):
        ear = server.connect()
        number = ear.call("CLIENT", "ID")
        ear.call("SUBSCRIBE", "__redis__:invalidate")
        mouth = server.connect()
        writer = server.connect()
        assert mouth.call("CLIENT", "TRACKING", "ON", "REDIRECT", str(number)) == b"OK"
        for turn in range(20):
            mouth.call("GET", "k")
            writer.call("SET", "k", str(turn))
            ear.send(encode(["PING"]))
            assert ear.read(BOUND)[1] == [b"message", b"__redis__:invalidate", [b"k"]]
            assert ear.read(BOUND)[1] == [b"pong", b""]


def test_redirection_ends_with_its_ear(server):
    mouth = server.connect(3)
    writer = server.connect()
    ears = [server.connect(3) for _ in range(4)]
    for ear in ears:
        number = ear.call("CLIENT", "ID")
        mouth.call("CLIENT", "TRACKING", "ON", "REDIRECT", str(number))
        mouth.call("GET", "k")
        assert writer.call("CLIENT", "KILL", "ID", str(number)) == 1
        writer.call("SET", "k", "x")
        assert mouth.read(BOUND)[1] == [b"tracking-redir-broken", number]
        assert b"broken_redirect" in mouth.call("CLIENT", "TRACKINGINFO")[1]


def test_clients_that_go(server):
    """What is known of clients that are gone is forgotten, and disturbs nobody."""
    stays = Cache(server)
    writer = server.connect()
    for number in range(30):
        options = [(), ("BCAST",), ("BCAST", "PREFIX", f"k{number % 3}")][number % 3]
        passing = Cache(server, *options)
        passing.get(b"k")
        stays.get(b"k")
        passing.connection.close()
        writer.call("SET", "k", str(number))
        stays.call("PING")
        assert b"k" not in stays.copies
    assert until(lambda: field(server, "tracking_clients") == 1)
    assert until(lambda: field(server, "tracking_total_prefixes") == 0)


def test_prefixes_are_known_when_the_reply_comes(server):
    """Whatever thread changes a key after CLIENT TRACKING ON BCAST was answered, it is told."""
    writers = [server.connect() for _ in range(8)]
    for turn in range(30):
        prefix = b"p%d:" % turn
        cache = Cache(server, "BCAST", "PREFIX", prefix)
        for number, writer in enumerate(writers):
            writer.call("SET", prefix + b"%d" % number, "x")
        cache.call("PING")
        told = sorted(key for keys in cache.told for key in keys)
        assert told == [prefix + b"%d" % number for number in range(8)]
        cache.connection.close()


def test_one_message_for_many_keys(server):
    """What one command changes is told by prefix in few messages, each key once."""
    cache = Cache(server, "BCAST")
    writer = server.connect()
    keys = sorted(b"k%d" % number for number in range(100))
    writer.call("MSET", *[word for key in keys for word in (key, "x")])
    cache.call("PING")
    assert sorted(key for keys in cache.told for key in keys) == keys
    assert len(cache.told) <= 16
    if server.threads == 1:
        assert cache.told == [keys]


def test_subscribing_in_a_transaction(server):
    """Messages that come in the middle of EXEC wait for its end."""
    connection = server.connect(3)
    connection.call("CLIENT", "TRACKING", "ON")
    for _ in range(20):
        for request in (["MULTI"], ["GET", "k"], ["SET", "k", "x"], ["SUBSCRIBE", "c"], ["GET", "l"]):
            connection.call(*request)
        connection.send(encode(["EXEC"]))
        values = [connection.read(BOUND)[1]]
        while values[-1] != [b"invalidate", [b"k"]]:
            values.append(connection.read(BOUND)[1])
        assert isinstance(values[0], list)


def test_a_slow_reader_is_closed(server):
    """One that does not read fills its own output, and nobody waits for it."""
    writer = server.connect()
    writer.call("CONFIG", "SET", "client-output-buffer-limit", "normal 300kb 0 0")
    slow = server.connect(3)
    number = slow.call("CLIENT", "ID")
    slow.call("CLIENT", "TRACKING", "ON", "BCAST")
    key = b"x" * 20000

    def is_gone():
        for _ in range(20):
            writer.call("SET", key, "1")
        return writer.call("CLIENT", "LIST", "ID", str(number)) == b""

    assert until(is_gone)
    with pytest.raises(Closed):
        while True:
            slow.read(BOUND)
