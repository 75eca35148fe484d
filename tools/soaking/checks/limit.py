"""The limit on memory, under every policy and writes of every kind."""

import random
import socket
import threading
import time

from comparison.servers import read_reply

from ..registry import Figure, check

LIMIT = 128 << 20
POLICIES = ("lru", "lfu", "random")
ALL_POLICIES = [f"allkeys-{one}" for one in POLICIES] + [f"volatile-{one}" for one in (*POLICIES, "ttl")]
THREADS = (1, 2, 8)
WRITERS = 4


def encode(*words):
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


class Writer:
    """One connection that writes what `random` says. Every key gets a deadline, so that all policies may evict it."""

    def __init__(self, port, seed):
        self.random = random.Random(seed)
        self.connection = socket.create_connection(("127.0.0.1", port), 60)
        self.stream = self.connection.makefile("rb", 1 << 16)
        self.bytes = 0
        self.refused = 0

    def small(self):
        size = self.random.randrange(8, 300)
        return self.sets("small:%d", 2_000_000, 64, size)

    def tagged(self):
        return self.sets("{one shard}:%d", 200_000, 64, 300)

    def big(self):
        return self.sets("big:%d", 500, 1, self.random.randrange(1 << 16, 1 << 22))

    def sets(self, key, keys, count, size):
        self.bytes += count * size
        value = b"v" * size
        return [encode("SET", key % self.random.randrange(keys), value, "EX", 1000) for _ in range(count)]

    def range(self):
        """Short commands that make long values."""
        self.bytes += 200_000 * 50
        keys = [f"range:{self.random.randrange(2000)}" for _ in range(50)]
        return [
            word for key in keys for word in (encode("SETRANGE", key, 200_000, "x"), encode("EXPIRE", key, 1000))
        ]

    def grow(self):
        """Collections that become large, and are evicted whole."""
        kind, key = self.random.choice(("RPUSH", "SADD", "HSET")), self.random.randrange(30)
        elements = [f"element {self.random.randrange(1 << 40)}" for _ in range(40)]
        self.bytes += 20 * 40 * 24
        return [encode(kind, f"{kind}:{key}", *elements)] * 20 + [encode("EXPIRE", f"{kind}:{key}", 1000)]

    def transaction(self):
        return [encode("MULTI"), *self.sets("multi:%d", 10_000, 20, 20_000), encode("EXEC")]

    def run(self, is_over):
        kinds = (self.small, self.tagged, self.big, self.range, self.grow, self.transaction)
        while not is_over():
            batch = self.random.choice(kinds)()
            self.connection.sendall(b"".join(batch))
            for _ in batch:
                reply = read_reply(self.stream)
                if isinstance(reply, str) and reply.startswith("OOM"):
                    self.refused += 1


def sample(server, is_over, found):
    """The most that INFO shows, asked for all the time over one connection."""
    with socket.create_connection(("127.0.0.1", server.port), 60) as connection, connection.makefile("rb") as stream:
        while not is_over():
            connection.sendall(encode("INFO", "memory"))
            used = int(read_reply(stream).split("used_memory:", 1)[1].split("\r", 1)[0])
            found.append(used)
            time.sleep(0.002)


def observe(server, seconds):
    """Writes for so long; returns the samples and the writers."""
    end = time.monotonic() + seconds
    writers = [Writer(server.port, seed) for seed in range(WRITERS)]
    samples = []
    threads = [threading.Thread(target=writer.run, args=(lambda: time.monotonic() > end,)) for writer in writers]
    threads.append(threading.Thread(target=sample, args=(server, lambda: time.monotonic() > end, samples)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return samples, writers


@check("limit", "used_memory stays within 1 % or 8 MB of maxmemory, whatever is written and whoever must go")
def limit(soak):
    seconds = soak.seconds(4.5)
    most = max(LIMIT // 100, 8 << 20)
    for threads in THREADS:
        server = soak.start("--maxmemory", str(LIMIT), threads=threads)
        worst, worst_policy, refused, evicted, least = -LIMIT, "", 0, 0, LIMIT
        for policy in ALL_POLICIES:
            soak.say(f"limit: {threads} threads, {policy}")
            server.ask("CONFIG", "SET", "maxmemory-policy", policy)
            samples, writers = observe(server, seconds)
            excess = max(samples) - LIMIT
            if excess > worst:
                worst, worst_policy = excess, policy
            # Once full, it should stay so: nothing goes while there is room.
            least = min(least, min(samples[len(samples) // 2 :]))
            refused += sum(writer.refused for writer in writers)
        evicted = server.fields("stats")["evicted_keys"]
        title = f"{threads} threads:"
        yield Figure(f"{title} greatest excess ({worst_policy})", worst / 1e6, "MB", at_most=most / 1e6)
        yield Figure(f"{title} in percent", worst / LIMIT * 100, "%")
        yield Figure(f"{title} least used when full", least / LIMIT * 100, "%", at_least=90)
        yield Figure(f"{title} refused", refused, at_most=0)
        yield Figure(f"{title} evicted", evicted, "keys", at_least=1)
        server.stop()
    yield from share(soak)


def share(soak):
    """What goes for what comes: small values of one size into a full server."""
    server = soak.start("--maxmemory", str(LIMIT), "--maxmemory-policy", "allkeys-lru")
    soak.fill(server, LIMIT // 100, size=100)
    before = server.fields()
    keys = 200_000
    soak.bench(server, "-t", "set", "-n", keys, "-r", keys, "--distribution", "sequential", "-d", 100, "-P", 32,
               "--key-prefix", "more:")
    after = server.fields()
    gone = after["evicted_keys"] - before["evicted_keys"]
    yield Figure("evicted keys / inserted keys of the same size", gone / keys, at_least=0.9, at_most=1.1)
