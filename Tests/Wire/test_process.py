"""Needletail as a process: how it starts, what it logs, where its configuration comes from, how it ends."""

import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

from harness.resp import Error
from harness.server import Closed, Connection, Server, free_port, is_stand_in, needletail_path, oracle_path
from harness.waiting import until

DEADLINE_SECONDS = 10


def run(executable, *arguments, stdin=None):
    """Runs to the end: (exit code, everything it printed)."""
    done = subprocess.run(
        [executable, *map(str, arguments)], input=stdin, capture_output=True, text=True, timeout=DEADLINE_SECONDS
    )
    return done.returncode, done.stdout + done.stderr


def both(*arguments, stdin=None):
    return run(needletail_path(), *arguments, stdin=stdin), run(oracle_path(), *arguments, stdin=stdin)


def without_version(text):
    """What was printed, without the name and version of the server, process numbers and times, and without the
    policies that are ours alone."""
    text = text.replace("allkeys-s3fifo, volatile-s3fifo, ", "")
    text = re.sub(r"\((Redis|Needletail) [^)]*\)", "(VERSION)", text)
    return re.sub(r"(?m)^\d+:C \d\d \w{3} \d{4} [\d:.]+ ", "PROCESS TIME ", text)


def threads_option():
    return [] if is_stand_in() else ["--threads", "2"]


def test_log_lines_of_a_start():
    with Server("needletail", threads=2) as server:
        log = server.log()
        assert "Server initialized" in log
        assert "Ready to accept connections" in log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_with_0(number):
    with Server("needletail", threads=2) as server:
        connection = server.connect()
        connection.call("SET", "k", "v")
        server.signal(number)
        assert server.process.wait(DEADLINE_SECONDS) == 0
        assert connection.is_closed()


def test_a_signal_with_clients_at_work():
    with Server("needletail", threads=8) as server:
        clients = [server.connect() for _ in range(20)]
        for client in clients:
            client.send(b"SET k v\r\nGET k\r\n" * 5000)
        server.signal(signal.SIGTERM)
        assert server.process.wait(DEADLINE_SECONDS) == 0


@pytest.mark.parametrize(
    "words", [[], ["NOSAVE"], ["NOW"], ["FORCE"], ["NOSAVE", "NOW", "FORCE"], ["SAVE"]], ids=" ".join
)
def test_shutdown(words, tmp_path):
    with Server("needletail", threads=2) as server:
        connection = server.connect()
        connection.call("SET", "k", "v")
        try:
            reply = connection.call("SHUTDOWN", *words)
            # Without persistence SAVE cannot be obeyed; saying so is as good as ending.
            assert words == ["SAVE"] and isinstance(reply, Error)
        except Closed:
            assert server.process.wait(DEADLINE_SECONDS) == 0


def test_shutdown_errors():
    with Server("needletail", threads=2) as ours, Server("redis") as oracle:
        for words in (
            ["FOO"],
            ["SAVE", "NOSAVE"],
            ["ABORT"],
            ["ABORT", "NOW"],
            ["NOSAVE", "FOO"],
            ["SAVE", "ABORT"],
            [""],
        ):
            answers = [server.connect().raw_call("SHUTDOWN", *words) for server in (ours, oracle)]
            assert answers[0] == answers[1], words


BAD_CONFIGURATIONS = [
    "nosuchdirective yes",
    "port",
    "port abc",
    "port 1 2",
    "timeout -1",
    "maxmemory-policy foo",
    "\n\n# comment\ntimeout x",
    "daemonize maybe",
    "maxclients 0",
    "databases 0",
    "save 1",
    'requirepass "unbalanced',
    "appendonly perhaps",
    "maxmemory 1.5x",
    "include /nonexistent/file",
    "port 99999999999999999999",
    "loglevel foo",
    "hz",
    "client-output-buffer-limit normal 1",
    "client-output-buffer-limit foo 1 1 1",
    "unixsocketperm 999",
    "tcp-keepalive",
]


@pytest.mark.parametrize("text", BAD_CONFIGURATIONS)
def test_a_bad_file_is_refused_as_the_oracle_refuses_it(text, tmp_path):
    file = tmp_path / "server.conf"
    file.write_text(text + "\n")
    ours, oracle = both(str(file))
    assert ours[0] == oracle[0] == 1
    assert without_version(ours[1]).strip().splitlines()[-4:] == without_version(oracle[1]).strip().splitlines()[-4:]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nosuchdirective", "yes"],
        ["--port", "abc"],
        ["--timeout"],
        ["--maxmemory-policy", "foo"],
        ["--port", "1", "2"],
        ["/nonexistent/server.conf"],
        ["--loglevel", "foo", "--port", "1"],
    ],
    ids=" ".join,
)
def test_bad_arguments_are_refused_as_the_oracle_refuses_them(arguments):
    ours, oracle = both(*arguments)
    assert ours[0] == oracle[0] == 1
    ours_said, oracle_said = (without_version(text).strip().splitlines() for _, text in (ours, oracle))
    if "FATAL" in oracle[1]:
        assert ours_said[-4:] == oracle_said[-4:]
    else:
        assert ours_said


@pytest.mark.parametrize("option", ["--version", "-v"])
def test_version(option):
    code, text = run(needletail_path(), option)
    assert code == 0 and re.search(r"v=\d+\.\d+\.\d+", text)


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help(option):
    (code, text), (oracle_code, _) = both(option)
    assert code == oracle_code and "Usage" in text


def test_configuration_from_a_file_and_arguments_win():
    text = '# A comment\n\ntimeout 77\nMAXMEMORY 100mb\nmaxmemory-policy allkeys-lru\nsave ""\n'
    with Server("needletail", ["--timeout", "88"], threads=2, configuration=text) as server:
        connection = server.connect()
        assert connection.call("CONFIG", "GET", "timeout") == [b"timeout", b"88"]
        assert connection.call("CONFIG", "GET", "maxmemory") == [b"maxmemory", b"104857600"]
        assert connection.call("CONFIG", "GET", "maxmemory-policy") == [b"maxmemory-policy", b"allkeys-lru"]
        assert f"config_file:{os.path.realpath(server.configuration)}".encode() in connection.call("INFO", "server")


def test_configuration_from_standard_input():
    with Server("needletail", threads=2, stdin="timeout 33\nrequirepass 'a b'\n") as server:
        connection = server.connect()
        assert connection.call("AUTH", "a b") == b"OK"
        assert connection.call("CONFIG", "GET", "timeout") == [b"timeout", b"33"]


def test_configuration_includes(tmp_path):
    (tmp_path / "a.conf").write_text("timeout 11\n")
    (tmp_path / "b-1.conf").write_text("maxmemory-samples 7\n")
    (tmp_path / "b-2.conf").write_text("tcp-keepalive 99\n")
    text = f"include {tmp_path}/a.conf\ninclude {tmp_path}/b-*.conf\n"
    with Server("needletail", threads=2, configuration=text) as server:
        connection = server.connect()
        for name, value in (("timeout", b"11"), ("maxmemory-samples", b"7"), ("tcp-keepalive", b"99")):
            assert connection.call("CONFIG", "GET", name)[1] == value


def test_rewritten_configuration_keeps_what_people_wrote():
    text = "# My server\ntimeout 5\n\n# Memory\nmaxmemory 1mb\nhz 10\n"
    results = []
    for kind in ("needletail", "redis"):
        with Server(kind, threads=2, configuration=text) as server:
            connection = server.connect()
            assert (
                connection.call("CONFIG", "SET", "timeout", "9", "maxmemory-policy", "allkeys-lru", "maxmemory", "2mb")
                == b"OK"
            )
            assert connection.call("CONFIG", "REWRITE") == b"OK"
            lines = pathlib.Path(server.configuration).read_text().splitlines()
            results.append(lines)
            server.stop()
            server.start()
            assert server.connect().call("CONFIG", "GET", "timeout") == [b"timeout", b"9"]
            assert server.connect().call("CONFIG", "GET", "maxmemory-policy") == [b"maxmemory-policy", b"allkeys-lru"]
    ours, oracle = results
    assert ours[:6] == oracle[:6]
    assert "maxmemory-policy allkeys-lru" in ours


def test_daemonize_and_pidfile(tmp_path):
    port, pidfile, log = free_port(), tmp_path / "server.pid", tmp_path / "server.log"
    code, _ = run(
        needletail_path(),
        "--port",
        port,
        "--bind",
        "127.0.0.1",
        "--daemonize",
        "yes",
        "--pidfile",
        pidfile,
        "--logfile",
        log,
        "--dir",
        tmp_path,
        *threads_option(),
    )
    assert code == 0
    assert until(lambda: pidfile.exists() and pidfile.read_text().strip().isdigit())
    process = int(pidfile.read_text())
    try:
        assert until(lambda: log.exists() and "Ready to accept connections" in log.read_text())
        probe = Server.__new__(Server)
        probe.port = port
        connection = Server.connect(probe)
        assert connection.call("PING") == b"PONG"
        assert f"process_id:{process}".encode() in connection.call("INFO", "server")
    finally:
        os.kill(process, signal.SIGTERM)
    assert until(lambda: not pidfile.exists())
    assert until(lambda: not os.path.exists(f"/proc/{process}"))


def test_log_file(tmp_path):
    log = tmp_path / "server.log"
    with Server("needletail", ["--logfile", str(log)], threads=2) as server:
        assert server.connect().call("PING") == b"PONG"
        line = next(line for line in log.read_text().splitlines() if "Ready to accept connections" in line)
        # 1234:M 21 Nov 2026 00:00:00.000 * Ready to accept connections
        assert re.match(r"\d+:M \d\d \w{3} \d{4} \d\d:\d\d:\d\d\.\d{3} \* ", line)


def test_a_port_in_use_is_an_error():
    with Server("needletail", threads=2) as server:
        code, text = run(needletail_path(), "--port", server.port, "--bind", "127.0.0.1", *threads_option())
        assert code == 1 and "Address already in use" in text


def test_several_addresses_and_no_port():
    with Server("needletail", ["--bind", "127.0.0.1 127.0.0.2"], threads=2) as server:
        assert Connection(("127.0.0.2", server.port)).call("PING") == b"PONG"
        assert server.connect().call("PING") == b"PONG"


def test_databases():
    with Server("needletail", ["--databases", "3"], threads=2) as server:
        connection = server.connect()
        assert connection.call("SELECT", "2") == b"OK"
        assert isinstance(connection.call("SELECT", "3"), Error)


def test_idle_costs_nothing():
    """No spinning: a second of doing nothing takes next to no processor time."""
    with Server("needletail", threads=8) as server:
        connection = server.connect()
        connection.call("SET", "k", "v", "EX", "1000")
        time.sleep(0.3)

        def ticks():
            fields = pathlib.Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
            return int(fields[11]) + int(fields[12])

        before = ticks()
        time.sleep(2)
        assert ticks() - before <= 4
