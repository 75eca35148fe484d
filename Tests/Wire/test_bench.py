"""needletail-bench against both servers: it measures what it says, and ends when the server does."""

import csv
import io
import json
import os
import pathlib
import signal
import subprocess
import threading
import time

import pytest

from harness.server import ROOT, Server, free_port

DEADLINE_SECONDS = 30


def bench_path():
    """The executable under test: NEEDLETAIL_BENCH in the environment, or the release build."""
    return os.environ.get("NEEDLETAIL_BENCH", str(ROOT / ".build/release/needletail-bench"))


pytestmark = pytest.mark.skipif(not pathlib.Path(bench_path()).exists(), reason="needletail-bench is not built")


def bench(*arguments):
    """Runs to the end: (exit code, standard output, standard error)."""
    line = [bench_path(), *map(str, arguments)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=DEADLINE_SECONDS)
    return done.returncode, done.stdout, done.stderr


def measured(*arguments):
    """The tests of a run that was to succeed."""
    code, printed, errors = bench(*arguments, "--json")
    assert code == 0, errors
    # Nobody watches, so there is no line of progress.
    assert errors == ""
    return json.loads(printed)["tests"]


@pytest.fixture(params=["needletail", "redis"])
def server(request):
    with Server(request.param, threads=2) as server:
        yield server


def test_counts_what_was_asked(server):
    tests = measured("-p", server.port, "-t", "set,get,incr,mset", "-n", 1003, "-c", 7, "-P", 4, "--threads", 2)
    assert [test["name"] for test in tests] == ["SET", "GET", "INCR", "MSET"]
    for test in tests:
        assert test["requests"] == 1003 and test["errors"] == 0
        assert sum(test["requests_each_second"]) == 1003
        latency = test["latency"]
        values = [latency[name] for name in ("p50_ms", "p90_ms", "p99_ms", "p99.9_ms", "p99.99_ms", "max_ms")]
        assert 0 < values[0] and values == sorted(values)
    # The server has seen what was counted.
    assert server.connect().call("GET", "counter:000000000000") == b"1003"


def test_preload_writes_each_key_once(server):
    code, _, errors = bench(
        "-p", server.port, "--preload", "-r", 1000, "--threads", 3, "-c", 5, "-t", "get", "-n", 10, "-d", "5-50"
    )
    assert code == 0, errors
    connection = server.connect()
    assert connection.call("DBSIZE") == 1000
    assert 5 <= connection.call("STRLEN", "key:000000000999") <= 50
    stats = connection.call("INFO", "commandstats").decode()
    assert "cmdstat_set:calls=1000," in stats


def test_mix_and_own_commands(server):
    (test,) = measured(
        "-p", server.port, "--mix", "get:80,set:15", "--command", "5:APPEND __key__ __data__", "-n", 4000, "-r", 50,
        "--distribution", "zipf:0.99", "--resp", 3, "--dbnum", 2, "--ttl", "100-200"
    )  # fmt: skip
    shares = {command["name"]: command["requests"] for command in test["commands"]}
    assert sum(shares.values()) == 4000
    assert abs(shares["GET"] - 3200) < 150 and abs(shares["SET"] - 600) < 120
    connection = server.connect()
    assert connection.call("DBSIZE") == 0
    connection.call("SELECT", "2")
    assert 1 <= connection.call("DBSIZE") <= 50


def test_unix_socket_time_and_csv(tmp_path):
    path = str(tmp_path / "socket")
    with Server("needletail", ["--unixsocket", path], threads=2):
        code, printed, errors = bench("-s", path, "-t", "ping", "--seconds", 0.5, "--warmup", 0.2, "--csv")
    assert code == 0, errors
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [row["test"] for row in rows] == ["PING_INLINE", "PING_MBULK"]
    for row in rows:
        assert int(row["requests"]) > 100 and float(row["requests_per_second"]) > 0


def has_asked(test, count):
    """At a fixed rate: on a busy machine the last few may have found no connection free when time was over."""
    return abs(test["requests"] + test["unsent_requests"] - count) <= 2 and test["unsent_requests"] < 100


def test_fixed_rate(server):
    (test,) = measured("-p", server.port, "-t", "get", "--rate", 2000, "--seconds", 1, "--threads", 2, "-c", 4)
    assert has_asked(test, 2000)


def test_fixed_rate_counts_a_pause(server):
    """Coordinated omission: what was due while the server stood still has waited, although it was sent later."""
    timer = threading.Timer(0.5, server.signal, [signal.SIGSTOP])
    resume = threading.Timer(1.0, server.signal, [signal.SIGCONT])
    timer.start()
    resume.start()
    try:
        (test,) = measured("-p", server.port, "-t", "get", "--rate", 1000, "--seconds", 2, "-c", 2)
    finally:
        timer.join()
        resume.join()
        server.signal(signal.SIGCONT)
    # A quarter of the two seconds: the latencies are spread from 0 to half a second.
    assert has_asked(test, 2000)
    assert test["latency"]["p90_ms"] > 150
    assert test["latency"]["max_ms"] > 400


def test_server_process_is_watched(server):
    (test,) = measured("-p", server.port, "-t", "get", "-n", 2000, "--server-pid", server.process.pid)
    assert test["server_cpu_us_per_request"] > 0 and test["server_rss_bytes"] > 1 << 20


def test_errors_are_reported():
    with Server("redis") as server:
        code, printed, _ = bench("-p", server.port, "--command", "NOSUCH __key__", "-n", 100)
    assert code == 3
    assert "ERR unknown command 'NOSUCH'" in printed


def test_password():
    with Server("needletail", ["--requirepass", "secret"], threads=2) as server:
        code, _, errors = bench("-p", server.port, "-t", "get", "-n", 10)
        assert code == 1 and "NOAUTH" in errors
        code, _, errors = bench("-p", server.port, "-t", "get", "-n", 10, "-a", "secret")
        assert code == 0, errors


def test_nobody_listens():
    code, _, errors = bench("-p", free_port(), "-t", "get")
    assert code == 1 and "Connection refused" in errors


def signal_under_load(server, number):
    """Sends a signal, from a thread, once the load has begun: the thread."""
    observer = server.connect()

    def watch():
        end = time.monotonic() + 10
        while time.monotonic() < end:
            line = next(line for line in observer.call("INFO", "stats").split() if b"total_commands_processed" in line)
            if int(line.split(b":")[1]) > 5_000:
                break
            time.sleep(0.02)
        server.signal(number)

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def test_a_server_that_dies(server):
    killer = signal_under_load(server, signal.SIGKILL)
    started = time.monotonic()
    code, printed, errors = bench("-p", server.port, "-t", "set", "--seconds", 20, "--threads", 2, "--timeout", 2)
    killer.join()
    assert code == 1 and "lost the server" in errors
    assert "connections broke" in printed and int(printed.splitlines()[1].split()[1]) > 0
    assert time.monotonic() - started < 8


def test_a_server_that_hangs(server):
    stopper = signal_under_load(server, signal.SIGSTOP)
    started = time.monotonic()
    try:
        code, printed, errors = bench("-p", server.port, "-t", "set", "--seconds", 20, "--timeout", 1)
    finally:
        stopper.join()
        server.signal(signal.SIGCONT)
    assert code == 1 and errors
    assert int(printed.splitlines()[1].split()[1]) > 0
    assert time.monotonic() - started < 8


def test_an_interrupted_run_is_reported(server):
    line = [bench_path(), "-p", str(server.port), "-t", "set", "--seconds", "20", "--json"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(0.7)
        process.send_signal(signal.SIGINT)
        printed, errors = process.communicate(timeout=5)
    assert process.returncode == 1 and "interrupted" in errors
    assert json.loads(printed)["tests"][0]["requests"] > 0


@pytest.mark.parametrize(
    "arguments",
    ["-t nosuch", "-d x", "-P 0", "--distribution odd", "--mix get:0", "-t get --mix set", "--rate 0", "-n 1 --seconds 1"],
)
def test_wrong_command_lines(arguments):
    code, _, errors = bench(*arguments.split())
    assert code == 64 and errors
