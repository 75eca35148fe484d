"""needletail-bench replay against both servers: what it counts is what the server says, and a model of the cache."""

import json
import os
import pathlib
import random
import re
import subprocess

import pytest

from harness.server import ROOT, Server, free_port

DEADLINE_SECONDS = 60


def bench_path():
    """The executable under test: NEEDLETAIL_BENCH in the environment, or the release build."""
    return os.environ.get("NEEDLETAIL_BENCH", str(ROOT / ".build/release/needletail-bench"))


pytestmark = pytest.mark.skipif(not pathlib.Path(bench_path()).exists(), reason="needletail-bench is not built")


def replay(*arguments):
    """Runs to the end: (exit code, standard output, standard error)."""
    line = [bench_path(), "replay", *map(str, arguments)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=DEADLINE_SECONDS)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(params=["needletail", "redis"])
def server(request):
    with Server(request.param, threads=2) as server:
        yield server


@pytest.mark.parametrize("window", [1, 7, 64, 5000])
@pytest.mark.parametrize("protocol", [2, 3])
def test_a_cache_without_a_limit_misses_every_key_once(server, window, protocol, tmp_path):
    draw = random.Random(window)
    requests = [(f"name {draw.randrange(300)},", draw.choice([0, 1, 5, 400, 70_000])) for _ in range(3000)]
    path = tmp_path / "trace"
    path.write_text("".join(f"{time},{key},{size}\n" for time, (key, size) in enumerate(requests)), "utf-8")
    code, printed, errors = replay(
        "-p", server.port, "--trace", path, "--window", window, "--resp", protocol, "--json"
    )
    assert code == 0, errors
    found = json.loads(printed)
    first = {}
    for key, size in requests:
        first.setdefault(key, size)
    assert found["requests"] == 3000 and found["misses"] == found["stored"] == found["keys_after"] == len(first)
    assert found["hits"] == 3000 - len(first) and found["missed_bytes"] == sum(first.values())
    connection = server.connect()
    assert all(connection.call("STRLEN", key) == size for key, size in first.items())


def test_a_trace_that_is_made_is_the_one_that_is_written(server, tmp_path):
    options = ["--make", "zipf:0.9", "-n", 20_000, "-r", 1000, "-d", "5-50"]
    path = tmp_path / "trace"
    assert replay(*options, "--write", path)[0] == 0
    made = json.loads(replay("-p", server.port, *options, "--json", "--ttl", 100)[1])
    assert 0 < server.connect().call("TTL", "key:000000000000") <= 100
    server.connect().call("FLUSHALL")
    read = json.loads(replay("-p", server.port, "--trace", path, "--json")[1])
    assert [made[name] for name in ("hits", "misses", "hit_bytes")] == [
        read[name] for name in ("hits", "misses", "hit_bytes")
    ]
    bound = json.loads(replay(*options, "--offline", "--capacity", "1000000", "--json")[1])["bounds"][0]
    assert bound["optimum_hits"] == bound["exact_lru_hits"] == made["hits"]


def test_redis_stays_under_the_optimum():
    with Server("redis", ["--maxmemory", "4mb", "--maxmemory-policy", "allkeys-lru"]) as server:
        options = ["--make", "zipf:0.9", "-n", 200_000, "-r", 50_000, "--json"]
        found = json.loads(replay("-p", server.port, *options)[1])
    assert found["evicted"] > 1000 and found["hits"] + found["misses"] == 200_000
    capacity = int(found["keys_held"])
    bound = json.loads(replay(*options, "--offline", "--capacity", capacity)[1])["bounds"][0]
    assert 0.2 < found["hit_ratio"] < bound["optimum"]


@pytest.mark.parametrize("policy", ["allkeys-random", "allkeys-lfu", "allkeys-lru"])
def test_no_shard_is_emptied_for_the_others(policy):
    with Server("needletail", ["--maxmemory", "12mb", "--maxmemory-policy", policy], threads=4) as server:
        code, printed, errors = replay("-p", server.port, "--make", "zipf:0.7", "-n", 600_000, "-r", 200_000, "--json")
        assert code == 0 and json.loads(printed)["evicted"] > 50_000, printed + errors
        lines = server.connect().call("INFO", "all").decode().splitlines()
    keys = [int(line.partition(",keys=")[2].partition(",")[0]) for line in lines if re.match(r"shard_\d+:", line)]
    assert len(keys) == 4 and min(keys) > 0.5 * max(keys), keys


def test_errors_are_counted():
    with Server("redis", ["--maxmemory", "1mb"]) as server:
        code, printed, _ = replay("-p", server.port, "-n", 20_000, "-r", 10_000)
    assert code == 3 and "OOM" in printed


def test_the_pace_is_kept(server):
    found = json.loads(replay("-p", server.port, "-n", 10_000, "-r", 100, "--rate", 10_000, "--json")[1])
    assert 0.98 < found["seconds"] < 10


def test_nobody_listens():
    code, _, errors = replay("-p", free_port(), "-n", 100)
    assert code == 1 and "Connection refused" in errors


@pytest.mark.parametrize(
    "arguments", ["--make nosuch", "--window 0", "--rate 0", "-d x", "--offline --capacity 0", "-n 0", "--ttl 0"]
)
def test_wrong_command_lines(arguments):
    code, _, errors = replay(*arguments.split())
    assert code == 64 and errors
