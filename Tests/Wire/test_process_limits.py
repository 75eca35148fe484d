"""What one client, or all of them together, may cost the server: each limit beside the oracle's."""

import os
import pathlib
import re
import resource
import signal
import socket
import threading
import time

import pytest

from harness.resp import Error, encode
from harness.server import Closed, Connection, Server, is_stand_in

KINDS = ["needletail", "redis"]


def processor_ticks(server):
    fields = pathlib.Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def statistics(connection):
    lines = connection.call("INFO", "stats").decode().split("\r\n")
    return {name: int(value) for name, _, value in (line.partition(":") for line in lines) if value.isdigit()}


def slow_reader(server):
    """A connection that takes little at a time."""
    connection = Connection.__new__(Connection)
    connection.socket = socket.socket()
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.socket.settimeout(5)
    connection.socket.connect(("127.0.0.1", server.port))
    connection.received, connection.protocol = bytearray(), 2
    return connection


def other_address():
    """An address of this machine that is not the loopback's; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            address = probe.getsockname()[0]
        except OSError:
            return None
    return None if address.startswith("127.") else address


@pytest.mark.parametrize("kind", KINDS)
def test_the_number_of_clients(kind):
    with Server(kind, ["--maxclients", "3"], threads=2) as server:
        time.sleep(0.1)
        clients = [server.connect() for _ in range(3)]
        assert [client.call("PING") for client in clients] == [b"PONG"] * 3
        refused = server.connect()
        assert refused.read_all() == (b"-ERR max number of clients reached\r\n", True)
        assert statistics(clients[1])["rejected_connections"] == 1
        clients[0].close()
        time.sleep(0.1)
        assert server.connect().call("PING") == b"PONG"
        assert clients[1].call("CONFIG", "SET", "maxclients", "4") == b"OK"
        assert server.connect().call("PING") == b"PONG"


@pytest.mark.parametrize("kind", KINDS)
def test_idle_clients(kind):
    with Server(kind, ["--timeout", "1"], threads=2) as server:
        idle = server.connect()
        idle.call("PING")
        assert idle.is_closed(4)
        late = server.connect()
        assert late.call("CONFIG", "SET", "timeout", "0") == b"OK"
        time.sleep(2.5)
        assert late.call("CONFIG", "SET", "timeout", "1") == b"OK"
        assert late.is_closed(4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_hard_output_limit(kind):
    with Server(kind, ["--client-output-buffer-limit", "normal 100000 0 0"], threads=2) as server:
        administrator = server.connect()
        administrator.call("SET", "v", "x" * 50000)
        greedy = server.connect()
        greedy.send(encode(["GET", "v"]) * 20)
        assert greedy.is_closed()
        modest = server.connect()
        assert len(modest.call("GET", "v")) == 50000
        assert not modest.is_closed(0.3)
        assert "overcoming of output buffer limits" in server.log()
        if kind == "needletail":
            assert statistics(administrator)["client_output_buffer_limit_disconnections"] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_soft_output_limit(kind):
    with Server(kind, ["--client-output-buffer-limit", "normal 0 200000 1"], threads=2) as server:
        server.connect().call("SET", "v", "x" * 50000)
        slow = slow_reader(server)
        slow.send(encode(["GET", "v"]) * 400)
        time.sleep(0.3)
        assert "overcoming of output buffer limits" not in server.log()
        time.sleep(3)
        assert "overcoming of output buffer limits" in server.log()
        assert slow.is_closed()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "request_start", [b"*2\r\n$3\r\nGET\r\n$9000000\r\n", b"*1000000\r\n" + b"$1000\r\n"], ids=["one", "many"]
)
def test_a_request_that_does_not_end(kind, request_start):
    with Server(kind, ["--client-query-buffer-limit", "1mb"], threads=2) as server:
        connection = server.connect()
        argument = b"x" * 1000 + b"\r\n$1000\r\n"
        try:
            connection.send(request_start + (argument * 4000 if request_start.startswith(b"*1") else b"x" * 4000000))
        except (Closed, TimeoutError):
            pass
        is_endless = not request_start.startswith(b"*1") or kind == "needletail"
        assert connection.is_closed(1) == is_endless
        assert server.connect().call("PING") == b"PONG"


@pytest.mark.parametrize("kind", KINDS)
def test_protected_mode(kind):
    address = other_address()
    if address is None:
        pytest.skip("this machine has no address but the loopback's")
    with Server(kind, ["--bind", "*"], threads=2) as server:
        def knock():
            return Connection((address, server.port)).read_all(0.3)

        assert knock()[0].startswith(b"-DENIED ") and knock()[1]
        assert server.connect().call("CONFIG", "SET", "protected-mode", "no") == b"OK"
        assert knock() == (b"", False)
        assert server.connect().call("CONFIG", "SET", "protected-mode", "yes", "requirepass", "p") == b"OK"
        assert knock() == (b"", False)


@pytest.mark.skipif(is_stand_in(), reason="the oracle's log says it in other words")
def test_no_descriptor_left():
    """Clients wait and the server stays quiet; as soon as there is room again they are let in."""
    with Server("needletail", threads=2) as server:
        connection = server.connect()
        assert connection.call("PING") == b"PONG"
        used = len(os.listdir(f"/proc/{server.process.pid}/fd"))
        before = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (used, before[1]))
        waiting = [server.connect() for _ in range(3)]
        time.sleep(0.2)
        ticks = processor_ticks(server)
        time.sleep(2)
        assert processor_ticks(server) - ticks <= 5
        assert 1 <= server.log().count("Too many open files") <= 4
        assert connection.call("PING") == b"PONG"
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, before)
        assert [client.call("PING") for client in waiting] == [b"PONG"] * 3


@pytest.mark.skipif(is_stand_in(), reason="the oracle reserves another number")
def test_fewer_clients_than_wanted():
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    if os.geteuid() == 0 and limits[1] > 100000:
        pytest.skip("this user may open as many files as it likes")
    with Server("needletail", ["--maxclients", str(limits[1] + 1000)], threads=2) as server:
        reduced = re.search(r"maxclients has been reduced to (\d+)", server.log())
        assert server.connect().call("CONFIG", "GET", "maxclients")[1] == reduced[1].encode()


def test_replies_are_sent_before_the_end(threads):
    with Server("needletail", threads=threads) as server:
        slow = slow_reader(server)
        slow.call("SET", "v", "x" * 3000000)
        slow.send(encode(["GET", "v"]))
        time.sleep(0.2)
        server.signal(signal.SIGTERM)
        data, closed = slow.read_all()
        assert closed and len(data) == 3000000 + len("$3000000\r\n\r\n")
        assert server.process.wait(5) == 0


@pytest.mark.skipif(is_stand_in(), reason="the oracle sends nothing before it ends")
def test_a_client_that_does_not_read_does_not_hold_up_the_end():
    with Server("needletail", threads=2) as server:
        slow = slow_reader(server)
        slow.call("SET", "v", "x" * 8000000)
        slow.send(encode(["GET", "v"]))
        time.sleep(0.2)
        server.signal(signal.SIGTERM)
        assert server.process.wait(3) == 0


@pytest.mark.skipif(is_stand_in(), reason="the oracle ends at the first signal before the second one comes")
def test_a_second_interrupt_ends_it_at_once():
    with Server("needletail", threads=2) as server:
        slow = slow_reader(server)
        slow.call("SET", "v", "x" * 8000000)
        slow.send(encode(["GET", "v"]))
        time.sleep(0.2)
        server.signal(signal.SIGINT)
        time.sleep(0.1)
        server.signal(signal.SIGINT)
        assert server.process.wait(2) == 1


def test_harmless_signals():
    with Server("needletail", threads=2) as server:
        connection = server.connect()
        for number in (signal.SIGHUP, signal.SIGPIPE, signal.SIGUSR1):
            if is_stand_in() and number == signal.SIGUSR1:
                continue
            server.signal(number)
        time.sleep(0.1)
        assert connection.call("PING") == b"PONG"


@pytest.mark.parametrize("kind", KINDS)
def test_a_unix_socket(kind):
    with Server(kind, threads=2) as probe:
        folder = probe.folder
        path = os.path.join(folder, "s")
        options = ["--unixsocket", path, "--unixsocketperm", "700", "--pidfile", os.path.join(folder, "pid")]
        with Server(kind, options, threads=2) as server:
            assert os.stat(path).st_mode & 0o777 == 0o700
            assert Connection(path).call("PING") == b"PONG"
            assert int(pathlib.Path(folder, "pid").read_text()) == server.process.pid
            server.stop()
            assert not os.path.exists(path) and not os.path.exists(os.path.join(folder, "pid"))


@pytest.mark.parametrize("kind", KINDS)
def test_the_log_level_changes_while_it_runs(kind):
    with Server(kind, ["--timeout", "1", "--loglevel", "warning"], threads=2) as server:
        connection = server.connect()
        assert connection.call("CONFIG", "SET", "loglevel", "verbose") == b"OK"
        assert connection.is_closed(4)
        time.sleep(0.1)
        assert "Closing idle client" in server.log() and "Ready to accept" not in server.log()
        assert isinstance(server.connect().call("CONFIG", "SET", "loglevel", "nothing"), Error)


@pytest.mark.parametrize("kind", KINDS)
def test_the_service_manager_is_told(kind, tmp_path, monkeypatch):
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        manager.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", path)
        with Server(kind, ["--supervised", "systemd"], threads=2) as server:
            told = manager.recv(4096)
            while b"READY=1" not in told:
                told += manager.recv(4096)
            server.signal(signal.SIGTERM)
            while b"STOPPING=1" not in told:
                told += manager.recv(4096)


def test_clients_that_never_stop_do_not_keep_others_waiting():
    """Beside clients that always have more to send, a small command and the end of the server come soon."""
    stop = threading.Event()

    def feed(connection):
        try:
            while not stop.is_set():
                connection.socket.sendall(b"SET k v\r\nGET k\r\nMSET a 1 b 2 c 3\r\n" * 50)
        except OSError:
            pass

    def drain(connection):
        try:
            while connection.socket.recv(1 << 16):
                pass
        except OSError:
            pass

    with Server("needletail", threads=8) as server:
        busy = [server.connect() for _ in range(10)]
        for connection in busy:
            for work in (feed, drain):
                threading.Thread(target=work, args=(connection,), daemon=True).start()
        try:
            for _ in range(5):
                start = time.monotonic()
                assert server.connect().call("PING") == b"PONG"
                assert time.monotonic() - start < 2
            server.signal(signal.SIGTERM)
            assert server.process.wait(4) == 0
        finally:
            stop.set()
