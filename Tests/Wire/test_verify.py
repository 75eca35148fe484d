"""needletail-bench verify against both servers: every promise is kept, and what is wrong with a server is said."""

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


def verify(*arguments):
    """Runs to the end: (exit code, standard output, standard error)."""
    line = [bench_path(), "verify", *map(str, arguments)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=DEADLINE_SECONDS)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("kind, workers", [("needletail", 1), ("needletail", 4), ("redis", None)])
@pytest.mark.parametrize("protocol", [2, 3])
def test_every_check_holds(kind, workers, protocol):
    with Server(kind, threads=workers) as server:
        code, printed, errors = verify("-p", server.port, "--seconds", 3, "--resp", protocol, "--json")
    assert code == 0, printed + errors
    report = json.loads(printed)
    assert report["is_good"] and report["connections_cut"] > 3
    for check in report["checks"]:
        if check["outcome"] == "skipped":
            # Only what is not there yet, and never at the oracle.
            assert kind == "needletail" and "the server has no" in check["reason"]
        else:
            assert check["outcome"] == "held" and check["operations"] > 0, check
    assert {"register", "order", "msetmget", "bank", "rename", "counter"} <= {
        check["name"] for check in report["checks"] if check["outcome"] == "held"
    }


@pytest.mark.parametrize("kind, workers", [("needletail", 1), ("needletail", 4), ("redis", None)])
@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-random", "volatile-ttl"])
def test_every_check_holds_while_keys_are_evicted(kind, workers, policy):
    with Server(kind, threads=workers) as server:
        connection = server.connect()
        connection.call("CONFIG", "SET", "maxmemory", "20mb", "maxmemory-policy", policy)
        code, printed, errors = verify("-p", server.port, "--seconds", 3, "--json")
    assert code == 0, printed + errors
    report = json.loads(printed)
    assert report["is_good"] and report["evicted_keys"] > 100
    for check in report["checks"]:
        if check["outcome"] == "skipped":
            assert kind == "needletail" and "the server has no" in check["reason"]
        else:
            assert check["outcome"] == "held" and check["operations"] > 0, check
            # What has not been written yet, or was deleted, is not found either; most of a short run is its beginning.
            assert check.get("found_share", 1) > 0.3, check


def test_a_server_that_evicts_nothing_cannot_be_kept_evicting():
    with Server("needletail", threads=1) as server:
        code, printed, errors = verify("-p", server.port, "--seconds", 1, "--evicting")
    assert code == 1 and "the server evicts nothing" in printed + errors


def test_keys_are_removed_and_others_left_alone():
    with Server("needletail", threads=2) as server:
        connection = server.connect()
        connection.call("SET", "mine", "1")
        code, printed, errors = verify(
            "-p", server.port, "--seconds", 1, "--kill-rate", 0, "--checks", "register,rename", "--dbnum", 3
        )
        assert code == 0, printed + errors
        assert connection.call("GET", "mine") == b"1"
        connection.call("SELECT", "3")
        assert connection.call("DBSIZE") == 0


def test_a_meddler_is_a_violation():
    """What nobody but the checks may write is changed from outside: that must be seen, and explained."""
    with Server("needletail", threads=2) as server:
        stop = threading.Event()

        def meddle():
            connection = server.connect()
            while not stop.is_set():
                for round_number in range(1, 12):
                    connection.call("INCRBY", f"verify:bank:{round_number}:account3", "1")

        meddler = threading.Thread(target=meddle)
        meddler.start()
        try:
            code, printed, _ = verify("-p", server.port, "--seconds", 10, "--checks", "bank,counter")
        finally:
            stop.set()
            meddler.join()
    assert code == 1
    assert "bank" in printed and "VIOLATED" in printed and "money was made" in printed
    assert "1 held, 1 violated" in printed


def test_a_server_that_dies():
    with Server("needletail", threads=2) as server:
        timer = threading.Timer(0.5, server.signal, [signal.SIGKILL])
        timer.start()
        started = time.monotonic()
        code, printed, _ = verify("-p", server.port, "--seconds", 20, "--timeout", 1)
        timer.join()
    assert code == 1 and "FAILED: cannot connect" in printed and "VIOLATED" not in printed
    assert time.monotonic() - started < 6


def test_a_server_that_hangs():
    with Server("needletail", threads=2) as server:
        timer = threading.Timer(0.5, server.signal, [signal.SIGSTOP])
        timer.start()
        started = time.monotonic()
        try:
            code, printed, _ = verify("-p", server.port, "--seconds", 20, "--timeout", 1)
        finally:
            timer.join()
            server.signal(signal.SIGCONT)
    assert code == 1 and "FAILED: " in printed and "VIOLATED" not in printed
    assert time.monotonic() - started < 8


def test_the_list_of_checks():
    code, printed, _ = verify("--list-checks")
    assert code == 0
    names = [line.split()[0] for line in printed.splitlines()]
    assert "register" in names and len(names) == len(set(names))


def test_nobody_listens():
    code, _, errors = verify("-p", free_port())
    assert code == 1 and "Connection refused" in errors


@pytest.mark.parametrize(
    "arguments", ["--checks nosuch", "--checks register,", "--threads 0", "--seconds 0", "-P 3", "--kill-rate=-1"]
)
def test_wrong_command_lines(arguments):
    code, _, errors = verify(*arguments.split())
    assert code == 64 and errors
