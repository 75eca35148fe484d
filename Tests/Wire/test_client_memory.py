"""What clients take of the server's memory: what is told of it, and what happens when it is too much."""

import contextlib
import pathlib
import re

import pytest

from harness.resp import Error, encode
from harness.server import Closed, Server
from harness.waiting import until

KINDS = ["needletail", "redis"]
MEMORY_FIELDS = "qbuf qbuf-free argv-mem multi-mem obl oll omem tot-mem".split()


def described(administrator):
    """CLIENT LIST: a dictionary for each client, by its number."""
    lines = administrator.call("CLIENT", "LIST").decode().splitlines()
    clients = [dict(field.split("=", 1) for field in line.split()) for line in lines]
    return {int(client["id"]): client for client in clients}


def information(connection, section="everything"):
    lines = connection.call("INFO", section).decode().split("\r\n")
    return {name: int(value) for name, _, value in (line.partition(":") for line in lines) if value.isdigit()}


def spared(server):
    """A client that looks on and stays."""
    administrator = server.connect()
    assert administrator.call("CLIENT", "NO-EVICT", "on") == b"OK"
    return administrator


def numbered(server):
    connection = server.connect()
    return connection, connection.call("CLIENT", "ID")


def received(client):
    """How much of its request has come."""
    return int(client.get("tot-net-in", int(client["qbuf"]) + int(client["argv-mem"])))


def send_without_end(connection, length):
    """The beginning of a long request."""
    with contextlib.suppress(Closed, TimeoutError, OSError):
        connection.send(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n" % (2 * length) + b"x" * length)


def resident_bytes(server):
    return int(pathlib.Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * 4096


def test_what_is_told_of_memory(threads):
    with Server("needletail", threads=threads) as server:
        administrator = server.connect()
        reading, number = numbered(server)
        at_rest = {name: int(described(administrator)[number][name]) for name in MEMORY_FIELDS}
        assert 0 < at_rest.pop("tot-mem") <= 2048 and not any(at_rest.values())

        def field(name):
            return int(described(administrator)[number][name])

        send_without_end(reading, 1_000_000)
        assert until(lambda: field("argv-mem") >= 1_000_000)
        assert field("tot-mem") >= field("argv-mem") + field("qbuf") + field("qbuf-free")
        reading.send(b"x" * 1_000_000 + b"\r\n")
        assert reading.read()[1] == b"OK"
        assert until(lambda: field("tot-mem") <= 2048)

        reading.call("MULTI")
        reading.call("SET", "k", "x" * 20_000)
        assert until(lambda: 20_000 <= field("multi-mem") <= field("tot-mem"))
        assert reading.call("EXEC") == [b"OK"]
        assert until(lambda: field("multi-mem") == 0 and field("tot-mem") <= 2048)

        reading.call("WATCH", "w" * 10_000)
        reading.call("CLIENT", "SETNAME", "n" * 10_000)
        assert until(lambda: field("tot-mem") >= 30_000)
        reading.call("UNWATCH")
        reading.call("RESET")
        assert until(lambda: field("tot-mem") <= 2048)

        administrator.call("SET", "v", "x" * 10_000)
        # More than the sockets hold.
        reading.send(encode(["GET", "v"]) * 2_000)
        assert until(lambda: field("omem") > 16_384 and field("oll") > 0)
        assert field("tot-mem") >= field("omem")
        assert information(administrator)["mem_clients_normal"] >= field("omem")
        assert information(administrator)["client_recent_max_output_buffer"] > 16_384


@pytest.mark.parametrize("kind", KINDS)
def test_clients_that_wait_are_told_of(kind):
    with Server(kind, threads=2) as server:
        administrator = server.connect()
        clients = [server.connect() for _ in range(3)]
        clients[0].send(encode(["BLPOP", "a", "b", "100"]))
        clients[1].send(encode(["BLPOP", "a", "0"]))
        assert until(lambda: information(administrator)["blocked_clients"] == 2)
        assert information(administrator)["clients_in_timeout_table"] == 1
        administrator.call("RPUSH", "a", "1", "2")
        assert until(lambda: information(administrator)["blocked_clients"] == 0)
        assert information(administrator)["clients_in_timeout_table"] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_largest_are_closed_first(kind, threads):
    with Server(kind, ["--maxmemory", "100mb"], threads=threads) as server:
        administrator = spared(server)
        clients = [numbered(server) for _ in range(6)]
        for size, (connection, _) in zip((8, 1, 4, 2, 6, 3), clients):
            send_without_end(connection, size * 1_000_000)
        exempt, number = numbered(server)
        exempt.call("CLIENT", "NO-EVICT", "on")
        send_without_end(exempt, 9_000_000)
        # Everything has been read.
        assert until(lambda: sum(received(client) for client in described(administrator).values()) > 33_000_000)
        assert information(administrator)["evicted_clients"] == 0
        sizes = {key: int(client["tot-mem"]) for key, client in described(administrator).items()}
        ordinary = sorted((sizes[key] for _, key in clients), reverse=True)
        # Room for all but the three largest, and a little.
        limit = sum(sizes.values()) - sum(ordinary[:3]) + 100_000
        assert administrator.call("CONFIG", "SET", "maxmemory-clients", str(limit)) == b"OK"
        assert until(lambda: len(described(administrator)) == 5)
        left = described(administrator)
        closed = [sizes[key] for _, key in clients if key not in left]
        assert number in left and sorted(closed, reverse=True) == ordinary[:3]
        assert information(administrator)["evicted_clients"] == 3
        assert len(re.findall(r"Evicting client: id=\d+ ", server.log())) == 3
        assert server.connect().call("PING") == b"PONG"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", ["argument", "arguments", "queue", "watched", "replies"])
def test_whatever_a_client_holds_counts(kind, what, threads):
    if kind == "redis" and what == "watched":
        pytest.skip("the oracle counts the lists of watched keys, not their names")
    with Server(kind, ["--maxmemory-clients", "2mb"], threads=threads) as server:
        administrator = spared(server)
        administrator.call("SET", "v", "x" * 10_000)
        client = server.connect()
        small = server.connect()
        with contextlib.suppress(Closed, OSError):
            if what == "argument":
                send_without_end(client, 3_000_000)
            elif what == "arguments":
                client.send(b"*1000\r\n" + b"$10000\r\n%s\r\n" % (b"x" * 10_000) * 400)
            elif what == "queue":
                client.call("MULTI")
                client.send(encode(["SET", "k", "x" * 10_000]) * 400)
            elif what == "watched":
                for number in range(150):
                    client.send(encode(["WATCH", f"{number}" + "w" * 20_000]))
            else:
                client.send(encode(["GET", "v"]) * 3_000)
        assert until(lambda: information(administrator)["evicted_clients"] == 1)
        assert client.is_closed()
        assert small.call("PING") == b"PONG"
        assert until(lambda: information(administrator)["mem_clients_normal"] < 1_000_000)


def test_a_share_of_the_memory(threads):
    with Server("needletail", ["--maxmemory", "50mb", "--maxmemory-clients", "5%"], threads=threads) as server:
        administrator = spared(server)
        clients = [numbered(server) for _ in range(4)]
        for connection, _ in clients:
            send_without_end(connection, 800_000)
        assert until(lambda: information(administrator)["evicted_clients"] >= 2)
        assert until(lambda: information(administrator)["mem_clients_normal"] < 50 * 1024 * 1024 // 20)
        late = server.connect()
        send_without_end(late, 100_000)
        assert not late.is_closed(0.3)


def test_a_limit_that_is_too_low_still_lets_clients_in(threads):
    with Server("needletail", ["--maxmemory-clients", "1"], threads=threads) as server:
        client = server.connect()
        assert client.call("CONFIG", "SET", "maxmemory-clients", "0") == b"OK"
        assert client.call("CONFIG", "GET", "maxmemory-clients") == [b"maxmemory-clients", b"0"]


def test_sparing_ends(threads):
    with Server("needletail", ["--maxmemory-clients", "1mb"], threads=threads) as server:
        large = server.connect()
        large.call("CLIENT", "NO-EVICT", "on")
        large.call("CLIENT", "SETNAME", "n" * 2_000_000)
        assert large.call("PING") == b"PONG"
        large.send(encode(["CLIENT", "NO-EVICT", "off"]))
        assert large.is_closed()


def test_many_clients_that_grow_together(threads):
    """The limit holds whichever workers the clients are on, and none is closed that need not be."""
    with Server("needletail", ["--maxmemory-clients", "4mb"], threads=threads) as server:
        administrator = spared(server)
        clients = [server.connect() for _ in range(200)]
        for connection in clients:
            send_without_end(connection, 100_000)
        assert until(lambda: 0 < information(administrator)["mem_clients_normal"] < 4 << 20)

        # Clients are still closed while the two counts are asked for one after the other.
        def are_all_counted():
            closed = information(administrator)["evicted_clients"]
            return len(described(administrator)) - 1 + closed == 200

        assert until(are_all_counted)
        # Each takes about 320 KB: a buffer, and the memory for its argument.
        assert len(described(administrator)) - 1 >= 8


def test_queued_commands_are_part_of_the_query(threads):
    """As in Redis 7.4; the oracle is older."""
    with Server("needletail", ["--client-query-buffer-limit", "1mb"], threads=threads) as server:
        client = server.connect()
        client.call("MULTI")
        with contextlib.suppress(Closed, OSError):
            for _ in range(150):
                client.send(encode(["SET", "k", "x" * 10_000]))
        assert client.is_closed()
        modest = server.connect()
        for _ in range(3):
            modest.call("MULTI")
            for _ in range(30):
                assert modest.call("SET", "k", "x" * 20_000) == b"QUEUED"
            assert modest.call("EXEC") == [b"OK"] * 30


ENDLESS = [
    ["SRANDMEMBER", "set", "-9000000000000000000"],
    ["SRANDMEMBER", "integers", "-9000000000000000000"],
    ["HRANDFIELD", "hash", "-4000000000000000000", "WITHVALUES"],
    ["ZRANDMEMBER", "sorted", "-9000000000000000000"],
    ["MGET", *["v", "w"] * 5_000],
    ["HMGET", "wide", *["f"] * 5_000],
    ["SORT", "list", "BY", "nosort", *["GET", "v*"] * 5_000],
    ["COMMAND", "DOCS", *["set"] * 20_000],
]


@pytest.mark.parametrize("limit", ["client-output-buffer-limit", "maxmemory-clients"])
def test_replies_without_end_are_cut(limit, threads):
    value = "normal 5000000 0 0" if limit.startswith("client") else "5000000"
    with Server("needletail", [f"--{limit}", value], threads=threads) as server:
        administrator = spared(server)
        administrator.call("SADD", "set", *(f"member{number}" for number in range(200)))
        administrator.call("SADD", "integers", "1", "2", "3")
        administrator.call("HSET", "hash", "field", "value")
        administrator.call("HSET", "wide", "f", "x" * 10_000)
        administrator.call("ZADD", "sorted", "1", "a", "2", "b")
        administrator.call("RPUSH", "list", *["1"] * 100)
        administrator.call("MSET", "v1", "x" * 10_000, "v", "x" * 10_000, "w", "x" * 10_000)
        before = resident_bytes(server)
        for request in ENDLESS:
            client = server.connect()
            client.send(encode(request))
            assert client.is_closed(20), request[0]
            assert administrator.call("PING") == b"PONG"
        assert resident_bytes(server) - before < 100_000_000


def test_a_transaction_with_too_long_replies_is_done(threads):
    with Server("needletail", ["--client-output-buffer-limit", "normal 1000000 0 0"], threads=threads) as server:
        administrator = server.connect()
        administrator.call("SET", "v", "x" * 10_000)
        client = server.connect()
        request = encode(["MULTI"]) + encode(["GET", "v"]) * 500 + encode(["INCR", "n"]) + encode(["EXEC"])
        client.send(request)
        assert client.is_closed()
        assert administrator.call("GET", "n") == b"1"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", ["SRANDMEMBER", "HRANDFIELD", "ZRANDMEMBER"])
def test_counts_at_the_end_of_their_range(kind, command):
    with Server(kind, threads=2) as server:
        client = server.connect()
        client.call("SADD", "SRANDMEMBER", "m")
        client.call("HSET", "HRANDFIELD", "f", "v")
        client.call("ZADD", "ZRANDMEMBER", "1", "m")
        assert isinstance(client.call(command, command, "-9223372036854775808"), Error)
        assert client.call(command, command, "9223372036854775807") in ([b"m"], [b"f"])
        if command != "SRANDMEMBER":
            word = "WITHVALUES" if command == "HRANDFIELD" else "WITHSCORES"
            assert isinstance(client.call(command, command, "-4611686018427387905", word), Error)
            assert isinstance(client.call(command, command, "4611686018427387904", word), Error)


def test_memory_of_connections_that_come_and_go(threads):
    with Server("needletail", threads=threads) as server:
        administrator = server.connect()
        before = information(administrator)["mem_clients_normal"]
        for _ in range(5):
            clients = [server.connect() for _ in range(50)]
            for client in clients:
                send_without_end(client, 100_000)
            for client in clients:
                client.close()
        assert until(lambda: information(administrator)["connected_clients"] == 1)
        assert until(lambda: abs(information(administrator)["mem_clients_normal"] - before) < 1_000)


def test_half_requests_of_many_leave_nothing_behind(threads):
    """Each of them holds a round and a buffer while it is under way; afterwards nobody needs so many."""
    with Server("needletail", threads=threads) as server:
        administrator = server.connect()
        clients = [server.connect() for _ in range(300)]
        before = resident_bytes(server)
        for client in clients:
            client.send(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1")
        assert until(lambda: information(administrator)["mem_clients_normal"] > 300 * 65_536)
        for client in clients:
            client.send(b"\r\nv\r\n")
        assert [client.read()[1] for client in clients] == [b"OK"] * 300
        assert until(lambda: information(administrator)["mem_clients_normal"] < 300 * 1_024 + 100_000)
        assert until(lambda: resident_bytes(server) - before < threads * 6_000_000)
