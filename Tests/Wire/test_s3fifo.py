"""The S3-FIFO policies: what may go, what stays, and what OBJECT says."""

import random
import time

import pytest

from harness.resp import Error
from harness.server import Server


def memory(client):
    lines = client.call("INFO", "memory").decode().split("\r\n")
    return int(next(line.partition(":")[2] for line in lines if line.startswith("used_memory:")))


def evicted(client):
    lines = client.call("INFO", "stats").decode().split("\r\n")
    return int(next(line.partition(":")[2] for line in lines if line.startswith("evicted_keys:")))


def limit_to(client, kilobytes):
    """Room for so much beside what the empty server takes."""
    assert client.call("CONFIG", "SET", "maxmemory", str(memory(client) + kilobytes * 1024)) == b"OK"
    time.sleep(0.2)


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_keys_that_are_used_stay(workers):
    with Server("needletail", ["--maxmemory-policy", "allkeys-s3fifo"], threads=workers) as server:
        client = server.connect()
        limit_to(client, 4096)
        hot = [f"hot:{number}" for number in range(1000)]
        value = "x" * 200
        for key in hot:
            client.call("SET", key, value)
        source = random.Random(1)
        for number in range(40000):
            client.call("GET", hot[source.randrange(1000)])
            client.call("SET", f"cold:{number}", value)
        assert evicted(client) > 10000
        assert client.call("EXISTS", *hot) >= 995


def test_only_keys_with_a_deadline_go():
    with Server("needletail", ["--maxmemory-policy", "volatile-s3fifo"], threads=2) as server:
        client = server.connect()
        limit_to(client, 4096)
        kept = [f"kept:{number}" for number in range(3000)]
        for key in kept:
            assert client.call("SET", key, "x" * 200) == b"OK"
        for number in range(20000):
            assert client.call("SET", f"deadline:{number}", "x" * 200, "EX", "1000") == b"OK"
        assert evicted(client) > 5000
        assert client.call("EXISTS", *kept) == 3000
        replies = [client.call("SET", f"more:{number}", "x" * 200) for number in range(30000)]
        assert isinstance(replies[-1], Error) and b"OOM" in replies[-1]


def test_several_databases_share_the_room():
    with Server("needletail", ["--maxmemory-policy", "allkeys-s3fifo"], threads=2) as server:
        client = server.connect()
        limit_to(client, 4096)
        for database in ("3", "0", "7"):
            client.call("SELECT", database)
            for number in range(10000):
                assert client.call("SET", f"key:{number}", "x" * 200) == b"OK"
        assert evicted(client) > 10000
        assert client.call("GET", "key:9999") == b"x" * 200


def test_what_object_says_and_changing_the_policy():
    with Server("needletail", ["--maxmemory", "100mb"], threads=2) as server:
        client = server.connect()
        client.call("SET", "key", "value")
        assert client.call("OBJECT", "IDLETIME", "key") == 0
        for policy in ("allkeys-s3fifo", "volatile-s3fifo"):
            assert client.call("CONFIG", "SET", "maxmemory-policy", policy) == b"OK"
            assert client.call("CONFIG", "GET", "maxmemory-policy") == [b"maxmemory-policy", policy.encode()]
            time.sleep(1.2)
            client.call("SET", policy, "value")
            assert client.call("OBJECT", "FREQ", policy) == 0
            for _ in range(3):
                client.call("GET", policy)
            assert client.call("OBJECT", "FREQ", policy) == 3
            for _ in range(30):
                client.call("GET", policy)
            assert client.call("OBJECT", "FREQ", policy) == 7
            assert "LFU" in str(client.call("OBJECT", "IDLETIME", policy))
            assert client.call("GET", "key") == b"value"
        assert isinstance(client.call("CONFIG", "SET", "maxmemory-policy", "allkeys-s3"), Error)
        assert client.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru") == b"OK"
        time.sleep(1.2)
        client.call("GET", "key")
        assert client.call("OBJECT", "IDLETIME", "key") == 0
