"""What the server does with bytes: hostile, cut, huge, many, and what it does with too many or too slow clients."""

import os
import select
import socket
import tempfile
import time

import pytest

from harness.resp import encode
from harness.server import Closed, Connection, Server

# Requests that are no requests. Each is sent on a connection of its own; what comes back, to the end, is compared.
HOSTILE = [
    b"*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n",
    b"*1\r\nfoo\r\n",
    b"*abc\r\n",
    b"*\r\n",
    b"*-5\r\n",
    b"*1048577\r\n",
    b"*2147483648\r\n",
    b"*99999999999999999999\r\n",
    b"*1\r\n$abc\r\n",
    b"*1\r\n$\r\n",
    b"*1\r\n$-1\r\n",
    b"*1\r\n$-5\r\n",
    b"*1\r\n$536870913\r\n",
    b"*1\r\n$9999999999999999999999\r\n",
    b"*3\r\n\r\n",
    b"*1\r\n:5\r\n",
    b"*1\r\n*1\r\n",
    b"*1\r\n+PING\r\n",
    b"* 1\r\n$4\r\nPING\r\n",
    b"*+1\r\n$4\r\nPING\r\n",
    b"*01\r\n$4\r\nPING\r\n",
    b"*1 \r\n$4\r\nPING\r\n",
    b"*1\r\n$04\r\nPING\r\n",
    b"*1\r\n$+4\r\nPING\r\n",
    b"*1\r\n$4\r\nPINGxxPING\r\n",
    b"*1\r\n$3\r\nPING\r\n",
    b"*1\n$4\nPING\n",
    b"*1\r\n$4\r\nPING\n\n",
    b"\x00\r\n",
    b"\x00\x00\x00\r\n",
    b"\xff\xfe\r\n",
    b"$4\r\nPING\r\n",
    b"+PING\r\n",
    b":1\r\n",
    b"-ERR\r\n",
    b'"\r\n',
    b"'\r\n",
    b'PING "\r\n',
    b"PING 'a'b\r\n",
    b'PING "a"b\r\n',
    b"GET / HTTP/1.1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"Host: example\r\n",
    b"*" + b"1" * 70000,
    b"*1\r\n$" + b"1" * 70000,
    b"x" * 70000,
    b"x" * 65535 + b"\r\n",
    b"PING " + b"y" * 65000 + b"\r\n",
    b"*1\r\n$4\r\nPING",
    b"*2\r\n$4\r\nECHO\r\n$100\r\nabc",
    b"PIN",
    b"*",
    b"*1",
    b"*1\r",
    b"*0\r\n",
    b"*-1\r\n",
    b"\r\n",
    b"\n",
    b"\r\r\n",
    b"   \r\n",
    b"PING\n",
    b"PING\r",
    b"*1\r\n$0\r\n\r\n",
    b"*2\r\n$0\r\n\r\n$0\r\n\r\n",
    b"PING\r\n*abc\r\nPING\r\n",
    b"SET k v\r\n*1\r\nfoo\r\nSET k w\r\n",
    b"*2\r\n$3\r\nGET\r\n$-1\r\n",
    b"*1\r\n$4\r\nPING\r\n*1\r\n$5\r\nPI",
    b"%1\r\n+a\r\n+b\r\n",
    b"~1\r\n+a\r\n",
    b"_\r\n",
    b"!5\r\nworld\r\n",
]


def everything_answered(server, data, half_close=True):
    """All bytes that come back for `data`."""
    connection = server.connect()
    try:
        connection.send(data)
        if half_close:
            connection.socket.shutdown(socket.SHUT_WR)
    except (Closed, OSError):
        pass
    answer, closed = connection.read_all(1.0)
    connection.close()
    return answer, closed


@pytest.mark.parametrize("data", HOSTILE, ids=[repr(data[:40]) for data in HOSTILE])
def test_hostile_bytes(pair, data):
    pair.flush()
    ours, our_end = everything_answered(pair.needletail, data)
    oracle, oracle_end = everything_answered(pair.oracle, data)
    assert (ours, our_end) == (oracle, oracle_end)
    # Neither has suffered.
    assert pair.needletail.connect().call("PING") == b"PONG"


@pytest.mark.parametrize("data", HOSTILE[:40], ids=[repr(data[:40]) for data in HOSTILE[:40]])
def test_hostile_bytes_leave_a_log_and_a_server(pair, data):
    """The same without closing our side: errors in the protocol close the connection, half commands wait."""
    pair.flush()
    answers = []
    for server in (pair.needletail, pair.oracle):
        connection = server.connect()
        connection.send(data)
        answers.append(connection.read_all(0.15))
        connection.close()
    assert answers[0] == answers[1]


def test_before_authentication_requests_are_small():
    with (
        Server("needletail", ["--requirepass", "secret"], threads=2) as ours,
        Server("redis", ["--requirepass", "secret"]) as oracle,
    ):
        for data in (
            b"*11\r\n",
            b"*10\r\n",
            b"*1000000\r\n",
            b"*1\r\n$16385\r\n",
            b"*1\r\n$16384\r\n",
            b"*2\r\n$4\r\nAUTH\r\n$20000\r\n",
            b"PING\r\n",
            b"GET k\r\n",
            b"FOO\r\n",
            b"GET\r\n",
            b"AUTH wrong\r\nGET k\r\n",
            b"AUTH secret\r\nGET k\r\n",
            b"AUTH default secret\r\nPING\r\n",
            b"HELLO 3\r\n",
            b"QUIT\r\n",
            b"RESET\r\nPING\r\n",
            b"COMMAND\r\n",
            b"AUTH\r\n",
            b"AUTH a b c\r\n",
            b"MULTI\r\nEXEC\r\n",
            b"AUTH secret\r\nMULTI\r\nPING\r\nRESET\r\nPING\r\n",
        ):
            assert everything_answered(ours, data) == everything_answered(oracle, data), data


COMMANDS_IN_PIECES = b"".join(
    [
        encode(["SET", "key", "value"]),
        encode(["GET", "key"]),
        b"PING\r\n",
        encode(["MSET", "a", "1", "b", "2", "c", "3"]),
        encode(["MGET", "a", "b", "c", "missing"]),
        encode(["SET", "big", "x" * 300]),
        encode(["STRLEN", "big"]),
        encode(["ECHO", "\r\n\r\n$5\r\n"]),
        b"SET inline 'quoted text'\r\n",
        encode(["GET", "inline"]),
        encode([""]),
    ]
)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 64])
def test_writes_of_a_few_bytes(flushed, size):
    answers = []
    for server in (flushed.needletail, flushed.oracle):
        connection = server.connect()
        for start in range(0, len(COMMANDS_IN_PIECES), size):
            connection.send(COMMANDS_IN_PIECES[start : start + size])
        connection.send(b"QUIT\r\n")
        answers.append(connection.read_all())
        connection.close()
    assert answers[0] == answers[1]


def test_cut_at_every_byte(flushed):
    """The same stream in two writes, for every place between them."""
    connection = flushed.oracle.connect()
    connection.send(COMMANDS_IN_PIECES + b"QUIT\r\n")
    wanted = connection.read_all()
    for cut in range(1, len(COMMANDS_IN_PIECES)):
        connection = flushed.needletail.connect()
        connection.send(COMMANDS_IN_PIECES[:cut])
        time.sleep(0.0005)
        connection.send(COMMANDS_IN_PIECES[cut:] + b"QUIT\r\n")
        assert connection.read_all() == wanted, cut
        connection.close()


def exchange(connection, data):
    """Sends all of `data` while receiving, so that neither side can block the other."""
    connection.socket.setblocking(False)
    received, sent, deadline = bytearray(), 0, time.monotonic() + 60
    while time.monotonic() < deadline:
        readable, writable, _ = select.select(
            [connection.socket], [connection.socket] if sent < len(data) else [], [], 1
        )
        if writable:
            try:
                sent += connection.socket.send(data[sent : sent + 262144])
            except BlockingIOError:
                pass
        if readable:
            block = connection.socket.recv(1 << 20)
            if not block:
                break
            received += block
    connection.socket.setblocking(True)
    return bytes(received)


@pytest.mark.parametrize("count", [1000, 1024, 1025, 10000, 50000])
def test_long_pipelines(flushed, count):
    commands = b"".join(
        encode(["SET", f"k{i % 997}", f"v{i}"]) + encode(["GET", f"k{(i * 7) % 997}"]) for i in range(count // 2)
    )
    answers = [exchange(server.connect(), commands + b"QUIT\r\n") for server in (flushed.needletail, flushed.oracle)]
    assert answers[0] == answers[1]


def test_pipeline_of_counters_keeps_order(flushed):
    count = 20000
    answer = exchange(flushed.needletail.connect(), encode(["INCR", "n"]) * count + b"QUIT\r\n")
    assert answer == b"".join(b":%d\r\n" % (i + 1) for i in range(count)) + b"+OK\r\n"


def test_pipeline_read_slowly(flushed):
    """A client that sends much and reads late gets all of it."""
    flushed.needletail.connect().call("SET", "k", "x" * 1000)
    connection = flushed.needletail.connect()
    count = 20000
    answer = exchange(connection, encode(["GET", "k"]) * count + b"QUIT\r\n")
    assert answer == (b"$1000\r\n" + b"x" * 1000 + b"\r\n") * count + b"+OK\r\n"


@pytest.mark.parametrize("size", [32767, 32768, 32769, 65536, 1 << 20, 10 << 20, 100 << 20])
def test_large_values(flushed, size):
    value = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    connection = flushed.needletail.connect()
    connection.socket.settimeout(60)
    assert connection.call("SET", "big", value, timeout=60) == b"OK"
    assert connection.call("STRLEN", "big") == size
    assert connection.call("GET", "big", timeout=60) == value
    assert connection.call("GETRANGE", "big", "-16", "-1") == value[-16:]
    # Sent while it is replaced and deleted.
    connection.send(
        encode(["GET", "big"]) + encode(["SET", "big", "small"]) + encode(["GET", "big"]) + encode(["DEL", "big"])
    )
    assert connection.read(60)[1] == value
    assert [connection.read(60)[1] for _ in range(3)] == [b"OK", b"small", 1]


def test_a_value_longer_than_the_limit_is_refused(pair):
    for server in (pair.needletail, pair.oracle):
        assert server.connect().call("CONFIG", "SET", "proto-max-bulk-len", "1mb") == b"OK"
    try:
        answers = []
        for server in (pair.needletail, pair.oracle):
            over = everything_answered(server, b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1048577\r\n")
            at = everything_answered(server, b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1048576\r\n" + b"x" * 1048576 + b"\r\n")
            append = server.connect().raw_call("APPEND", "k", "y")
            setrange = server.connect().raw_call("SETRANGE", "k", "1048576", "y")
            answers.append((over, at, append, setrange))
        assert answers[0] == answers[1]
    finally:
        for server in (pair.needletail, pair.oracle):
            server.connect().call("CONFIG", "SET", "proto-max-bulk-len", "512mb")


def test_many_arguments(flushed):
    words = ["MSET", *[word for i in range(100000) for word in (f"k{i}", "v")]]
    connection = flushed.needletail.connect()
    assert connection.call(*words, timeout=30) == b"OK"
    assert connection.call("DBSIZE") == 100000
    assert connection.call("MGET", *words[1::2], timeout=30) == [b"v"] * 100000
    assert connection.call("EXISTS", *words[1::2], timeout=30) == 100000
    assert connection.call("DEL", *words[1::2], timeout=30) == 100000


def test_announced_lengths_reserve_nothing(needletail):
    """A thousand clients that announce half a gigabyte each."""
    clients = []
    for _ in range(300):
        connection = needletail.connect()
        connection.send(b"*1048576\r\n$536870912\r\nabc")
        clients.append(connection)
    memory = resident_bytes(needletail.process.pid)
    assert needletail.connect().call("PING") == b"PONG"
    assert memory < 300 << 20
    for connection in clients:
        connection.close()


def resident_bytes(process):
    with open(f"/proc/{process}/statm") as file:
        return int(file.read().split()[1]) * 4096


def test_closing_at_any_point_leaves_nothing(needletail):
    stream = (
        encode(["SET", "k", "v"]) + encode(["MGET", "a", "b", "c"]) + encode(["SET", "big", "x" * 100000]) + b"PING\r\n"
    )
    for cut in [*range(0, 120, 3), 1000, 50000, 100100, len(stream)]:
        connection = needletail.connect()
        connection.send(stream[:cut])
        if cut % 2:
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.close()
    time.sleep(0.2)
    connection = needletail.connect()
    assert connection.call("PING") == b"PONG"
    information = connection.call("INFO", "clients").decode()
    assert "connected_clients:1\r\n" in information


def test_unix_socket():
    path = os.path.join(tempfile.mkdtemp(), "s")
    with Server("needletail", ["--unixsocket", path, "--unixsocketperm", "700"], threads=2) as server:
        connection = Connection(path)
        assert connection.call("SET", "k", "v") == b"OK"
        assert server.connect().call("GET", "k") == b"v"
        assert os.stat(path).st_mode & 0o777 == 0o700
        server.stop()
        assert not os.path.exists(path)


@pytest.mark.parametrize("threads_here", [1, 8])
def test_maxclients(threads_here):
    with Server("needletail", ["--maxclients", "20"], threads=threads_here) as server:
        # The connection that saw the server up may still be counted.
        time.sleep(0.1)
        clients = [server.connect() for _ in range(20)]
        assert all(client.call("PING") == b"PONG" for client in clients)
        extra = server.connect()
        answer, closed = extra.read_all()
        assert (answer, closed) == (b"-ERR max number of clients reached\r\n", True)
        assert b"rejected_connections:1\r\n" in clients[0].call("INFO", "stats")
        clients.pop().close()
        time.sleep(0.1)
        assert server.connect().call("PING") == b"PONG"


def test_idle_clients_are_closed():
    with Server("needletail", ["--timeout", "1"], threads=2) as server:
        idle, busy = server.connect(), server.connect()
        assert idle.call("PING") == busy.call("PING") == b"PONG"
        for _ in range(15):
            time.sleep(0.2)
            assert busy.call("PING") == b"PONG"
        assert idle.is_closed(0.5)


def test_output_buffer_limit():
    """A client that does not read what it asks for is closed when too much has piled up."""
    with Server("needletail", ["--client-output-buffer-limit", "normal 1mb 0 0"], threads=2) as server:
        server.connect().call("SET", "k", "x" * 100000)
        connection = server.connect()
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.socket.setblocking(False)
        closed = False
        request = encode(["GET", "k"]) * 10
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and not closed:
            try:
                connection.socket.send(request)
            except BlockingIOError:
                time.sleep(0.05)
                if (
                    b"connected_clients:1\r\n" in server.connect().call("INFO", "clients")
                    or server.connect().call("CLIENT", "LIST").count(b"\n") <= 2
                ):
                    closed = True
            except OSError:
                closed = True
        assert closed
        assert server.connect().call("PING") == b"PONG"


def test_query_buffer_limit():
    arguments = ["--client-query-buffer-limit", "1mb"]
    with Server("needletail", arguments, threads=2) as ours:
        connection = ours.connect()
        try:
            connection.send(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5000000\r\n" + b"x" * 4000000)
        except (Closed, OSError):
            pass
        assert connection.is_closed(3)
        assert ours.connect().call("PING") == b"PONG"


def test_protected_mode():
    """Without a password and bound to every address, only the machine itself is served."""
    address = next(
        (
            found[4][0]
            for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
            if not found[4][0].startswith("127.")
        ),
        None,
    )
    if address is None:
        pytest.skip("this machine has no address but the loopback")
    with Server("needletail", ["--bind", "0.0.0.0"], threads=2) as server:
        outside = Connection((address, server.port))
        answer, closed = outside.read_all()
        assert closed and answer.startswith(b"-DENIED ")
        assert server.connect().call("PING") == b"PONG"
        assert server.connect().call("CONFIG", "SET", "protected-mode", "no") == b"OK"
        assert Connection((address, server.port)).call("PING") == b"PONG"


def test_connections_come_and_go(needletail):
    for _ in range(2000):
        connection = needletail.connect()
        connection.send(b"PING\r\n")
        assert connection.read()[0] == b"+PONG\r\n"
        connection.close()
    time.sleep(0.1)
    assert b"connected_clients:1\r\n" in needletail.connect().call("INFO", "clients")


def test_many_connections_at_once(eight_threads):
    clients = [eight_threads.connect() for _ in range(500)]
    for number, client in enumerate(clients):
        client.send(encode(["INCR", "n"]) + encode(["SET", f"k{number}", number]))
    answers = [(client.read()[1], client.read()[1]) for client in clients]
    assert sorted(answer[0] for answer in answers) == list(range(1, 501))
    assert clients[0].call("MGET", *[f"k{i}" for i in range(500)]) == [str(i).encode() for i in range(500)]
    for client in clients:
        client.close()


def test_client_library():
    """The usual Python client, at both protocols."""
    redis = pytest.importorskip("redis")
    with Server("needletail", threads=2) as server:
        for protocol in (2, 3):
            client = redis.Redis(port=server.port, protocol=protocol)
            client.flushall()
            assert client.set("a", "1", ex=100) and client.get("a") == b"1" and 98 <= client.ttl("a") <= 100
            with client.pipeline(transaction=True) as pipeline:
                pipeline.incr("a").mset({"b": 2, "c": 3}).mget("a", "b", "c")
                assert pipeline.execute() == [2, True, [b"2", b"2", b"3"]]
            assert sorted(client.scan_iter("*")) == [b"a", b"b", b"c"]
            assert client.info("keyspace")["db0"]["keys"] == 3
            with pytest.raises(redis.ResponseError):
                client.execute_command("NOSUCHCOMMAND")
            client.close()
