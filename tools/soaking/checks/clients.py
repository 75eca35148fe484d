"""Many clients: ten thousand that do nothing, and thousands that come at once."""

import contextlib
import multiprocessing
import os
import resource
import socket
import time

from comparison.servers import ComparisonError, cores

from ..registry import Figure, check

IDLE_CLIENTS = 10_000
STORM_CLIENTS = 5_000
STORM_SECONDS = 8
# Ports of one address of the loopback for so many connections at most; the next address is taken then.
CONNECTIONS_AN_ADDRESS = 20_000
PROBED_KEYS = 10_000


@check("idle", "10,000 idle connections cost 2 KB each at most, and no processor time")
def idle(soak):
    count = soak.count(IDLE_CLIENTS)
    room_for_descriptors(count)
    server = soak.start("--maxclients", str(count + 100))
    with contextlib.ExitStack() as stack:
        # What the server itself needs to talk at all is not the connections'.
        first = connect(server, stack, 0)
        for number in range(1000):
            converse(first, number)
        time.sleep(2)
        before = server.resident_bytes()
        connections = [connect(server, stack, number) for number in range(count)]
        for number, connection in enumerate(connections):
            converse(connection, number)
        # The allocator gives pages back a second after their last use.
        time.sleep(3)
        after = server.resident_bytes()
        yield Figure("memory of a connection", (after - before) / count, "bytes", at_most=2048)
        yield Figure("as CLIENT LIST counts it", server.fields("memory")["mem_clients_normal"] / count, "bytes")
        time.sleep(1)
        with server.watched() as watch:
            time.sleep(soak.seconds(10))
        # A thousandth is what a timer or two a second would take.
        yield Figure("processor", watch.share * 100, "% of one", at_most=0.1)
    time.sleep(3)
    yield Figure("left when they have gone", (server.resident_bytes() - before) / count, "bytes")


@check("storm", "5,000 new connections a second keep the clients that are there waiting 5 ms at most")
def storm(soak):
    count = soak.count(STORM_CLIENTS)
    seconds = soak.seconds(STORM_SECONDS)
    room_for_descriptors(2 * count)
    server = soak.start("--maxclients", str(2 * count + 100))
    soak.fill(server, PROBED_KEYS)
    quiet = soak.probe(server, seconds, PROBED_KEYS).result()
    yield Figure("p99 when it is quiet", quiet["latency"]["p99_ms"], "ms")
    for stays in (False, True):
        probe = soak.probe(server, seconds, PROBED_KEYS)
        time.sleep(1)
        # One second's connections at a time, as many seconds as the probe has left but one.
        made, took = storms(soak, server, 1 if stays else int(seconds) - 2, count, stays)
        probed = probe.result()
        how = "that stay" if stays else "that come and go"
        yield Figure(f"connections a second {how}", made / took, at_least=0.9 * count)
        yield Figure("p99", probed["latency"]["p99_ms"], "ms", at_most=5)
    yield Figure("accepted", server.fields("stats")["total_connections_received"])


def room_for_descriptors(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 200
    if soft >= wanted:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
    except (ValueError, OSError) as problem:
        raise ComparisonError(f"{wanted} open files are not allowed: ulimit -n says {hard}") from problem


def connect(server, stack, number):
    connection = stack.enter_context(socket.socket())
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.settimeout(10)
    connection.bind((f"127.0.0.{2 + number // CONNECTIONS_AN_ADDRESS}", 0))
    connection.connect(("127.0.0.1", server.port))
    return connection


def converse(connection, number):
    """Each connection has done something of every kind before it is idle."""
    value = b"x" * 4096
    for request in (b"PING\r\n", b"GET absent\r\n", b"*3\r\n$3\r\nSET\r\n$6\r\nkey%03d\r\n$4096\r\n%s\r\n"):
        connection.sendall(request % (number % 100, value) if b"%" in request else request)
        if not connection.recv(4096):
            raise ComparisonError("a connection was closed")


def storms(soak, server, rounds, count, stays):
    """Connections by a process of its own: how many there were, and in how many seconds."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=storm_away, args=(sender, server.port, rounds, count, stays))
    process.start()
    try:
        if not receiver.poll(60):
            raise ComparisonError("the storm did not end")
        made, took = receiver.recv()
    finally:
        process.kill()
        process.join()
    if made < 0:
        raise ComparisonError("a connection of the storm failed")
    return made, took


def storm_away(sender, port, rounds, count, stays):
    """Opens so many connections a second, pings over each, and closes them or keeps them to the end of the probe."""
    with contextlib.suppress(OSError):
        # Apart from the server where that is possible.
        os.sched_setaffinity(0, {cores()[-1]})
    open_connections, made, start = [], 0, time.monotonic()
    try:
        for number in range(rounds * count):
            early = start + number / count - time.monotonic()
            if early > 0:
                time.sleep(early)
            connection = socket.socket()
            connection.settimeout(10)
            # Closed with a reset: thousands of ports must not wait for their time to be over.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.connect(("127.0.0.1", port))
            connection.sendall(b"PING\r\n")
            if connection.recv(64) != b"+PONG\r\n":
                raise OSError("no reply")
            made += 1
            if stays:
                open_connections.append(connection)
            else:
                connection.close()
        sender.send((made, max(time.monotonic() - start, 1e-9)))
        time.sleep(3 if stays else 0)
    except OSError:
        sender.send((-1, 1))
