"""Where the server listens, and how that changes while it runs."""

import os
import time

import pytest

from harness.resp import Error
from harness.server import Connection, Server, free_port

KINDS = ["needletail", "redis"]


def listens(host, port):
    try:
        connection = Connection((host, port))
    except OSError:
        return False
    answered = connection.call("PING") == b"PONG"
    connection.close()
    return answered


@pytest.mark.parametrize("kind", KINDS)
def test_another_port(kind):
    with Server(kind, threads=2) as server, Server(kind, threads=2) as neighbour:
        connection = server.connect()
        port = free_port()
        assert connection.call("CONFIG", "SET", "port", port) == b"OK"
        assert listens("127.0.0.1", port) and not listens("127.0.0.1", server.port)
        refusal = connection.call("CONFIG", "SET", "port", neighbour.port)
        assert isinstance(refusal, Error) and b"Unable to listen on this port" in refusal
        assert connection.call("CONFIG", "GET", "port") == [b"port", str(port).encode()]
        assert listens("127.0.0.1", port)
        assert connection.call("CONFIG", "SET", "port", "0") == b"OK"
        assert not listens("127.0.0.1", port)
        assert connection.call("CONFIG", "SET", "port", server.port) == b"OK"
        assert listens("127.0.0.1", server.port)


@pytest.mark.parametrize("kind", KINDS)
def test_other_addresses(kind):
    with Server(kind, threads=2) as server:
        connection = server.connect()
        for text, yes, no in (
            ("127.0.0.2", ["127.0.0.2"], ["127.0.0.1"]),
            ("127.0.0.2 127.0.0.3", ["127.0.0.2", "127.0.0.3"], ["127.0.0.1"]),
            ("* -::*", ["127.0.0.1", "127.0.0.2"], []),
            ("127.0.0.1 -203.0.113.1", ["127.0.0.1"], ["127.0.0.2"]),
        ):
            assert connection.call("CONFIG", "SET", "bind", text) == b"OK", text
            assert all(listens(host, server.port) for host in yes), text
            assert not any(listens(host, server.port) for host in no), text
        refusal = connection.call("CONFIG", "SET", "bind", "203.0.113.1")
        assert isinstance(refusal, Error) and b"Failed to bind to specified addresses" in refusal
        assert listens("127.0.0.1", server.port) and connection.call("PING") == b"PONG"


@pytest.mark.parametrize("kind", KINDS)
def test_a_unix_socket_alone(kind):
    with Server(kind, threads=2) as probe:
        path = os.path.join(probe.folder, "s")
        server = Server(kind, ["--unixsocket", path, "--port", "0"], threads=2, wait=False)
        try:
            deadline = time.monotonic() + 10
            while not os.path.exists(path) and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(0.1)
            assert Connection(path).call("PING") == b"PONG"
            assert not listens("127.0.0.1", server.port)
        finally:
            server.close()
