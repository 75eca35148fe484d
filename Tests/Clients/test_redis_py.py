"""redis-py: its lock, scripts in pipelines, transactions, streams of messages."""

import threading

import pytest
import redis
from harness.waiting import together
from harness.waiting import until
from redis.cache import CacheConfig


@pytest.mark.parametrize("protocol", [2, 3])
def test_a_lock_lets_one_in(server, protocol):
    inside, greatest, entries = 0, 0, 0

    def body():
        nonlocal inside, greatest, entries
        with redis.Redis(port=server.port, protocol=protocol) as client:
            for _ in range(25):
                with client.lock("lock", timeout=20, blocking_timeout=30, sleep=0.001):
                    inside += 1
                    greatest = max(greatest, inside)
                    entries += 1
                    client.set("unprotected", int(client.get("unprotected") or 0) + 1)
                    inside -= 1

    together(*[body] * 6)
    with redis.Redis(port=server.port) as client:
        assert greatest == 1 and entries == 150 and client.get("unprotected") == b"150"
        held = client.lock("lock", timeout=20)
        assert held.acquire(blocking=False)
        assert not client.lock("lock").acquire(blocking=False)
        assert held.extend(10) and held.owned() and held.reacquire()
        held.release()
        with pytest.raises(redis.exceptions.LockNotOwnedError):
            held.local.token = b"another"
            client.lock("lock", timeout=20).acquire()
            held.release()


@pytest.mark.parametrize("protocol", [2, 3])
def test_scripts_in_pipelines(server, protocol):
    with redis.Redis(port=server.port, protocol=protocol, decode_responses=True) as client:
        move = client.register_script(
            "local n = math.min(tonumber(ARGV[1]), tonumber(redis.call('get', KEYS[1]) or '0')) "
            "redis.call('decrby', KEYS[1], n) return redis.call('incrby', KEYS[2], n)"
        )
        client.set("from", 100)
        # Pipelines load the scripts that they lack.
        client.script_flush()
        with client.pipeline() as pipeline:
            for _ in range(30):
                move(keys=["from", "to"], args=[3], client=pipeline)
            pipeline.get("from")
            assert pipeline.execute() == [3 * (number + 1) for number in range(30)] + ["10"]
        # Alone, a script that was flushed is loaded again.
        client.script_flush()
        assert move(keys=["from", "to"], args=[50]) == 100
        assert client.mget("from", "to") == ["0", "100"]


def test_transactions_that_collide(server):
    def transact():
        with redis.Redis(port=server.port) as client:
            for _ in range(30):
                while True:
                    with client.pipeline() as pipeline:
                        try:
                            pipeline.watch("sum", "other")
                            value = int(pipeline.get("sum") or 0)
                            pipeline.multi()
                            pipeline.set("sum", value + 1)
                            pipeline.incr("other")
                            pipeline.execute()
                            break
                        except redis.WatchError:
                            continue

    together(*[transact] * 5)
    with redis.Redis(port=server.port) as client:
        assert client.mget("sum", "other") == [b"150", b"150"]


@pytest.mark.parametrize("protocol", [2, 3])
def test_messages_reach_a_listening_thread(server, protocol):
    with redis.Redis(port=server.port, protocol=protocol, decode_responses=True) as client:
        seen, everything = [], threading.Event()

        def take(message):
            seen.append((message["channel"], message["data"]))
            if len(seen) == 200:
                everything.set()

        listener = client.pubsub(ignore_subscribe_messages=True)
        listener.subscribe(**{"news": take})
        listener.psubscribe(**{"room:*": take})
        thread = listener.run_in_thread(sleep_time=0.01, daemon=True)
        try:
            for number in range(100):
                client.publish("news", number)
                client.publish(f"room:{number % 3}", number)
            assert everything.wait(20)
        finally:
            thread.stop()
            thread.join(10)
        assert [data for channel, data in seen if channel == "news"] == [str(number) for number in range(100)]
        rooms = [data for channel, data in seen if channel != "news"]
        assert rooms == [str(number) for number in range(100)]


def test_client_side_cache(server):
    """The cache of redis-py: a hit asks nobody, what others change is read anew."""
    config = CacheConfig(max_size=1000)
    with (
        redis.Redis(port=server.port, protocol=3, cache_config=config, decode_responses=True) as cached,
        redis.Redis(port=server.port) as writer,
    ):
        cache = cached.get_cache()
        keys = [f"k{number}" for number in range(40)]
        writer.mset({key: 0 for key in keys})

        def calls():
            return writer.info("commandstats")["cmdstat_get"]["calls"]

        assert [cached.get(key) for key in keys] == ["0"] * 40 and cache.size == 40
        before = calls()
        assert [cached.get(key) for key in keys * 3] == ["0"] * 120
        assert calls() == before
        for turn in range(1, 10):
            writer.mset({key: turn for key in keys})
            # The messages are on their way when the writer has its reply.
            assert until(lambda: [cached.get(key) for key in keys] == [str(turn)] * 40)
        writer.hset("h", mapping={"f": "1"})
        assert cached.hgetall("h") == cached.hgetall("h") == {"f": "1"}
        writer.hset("h", "f", "2")
        assert until(lambda: cached.hgetall("h") == {"f": "2"})
        writer.set("short", "x", px=50)
        cached.get("short")
        assert until(lambda: cached.get("short") is None)
        writer.flushall()
        assert until(lambda: cached.get("k0") is None and cached.mget("k1", "k2") == [None, None])
