"""Nothing that clients send may end the server: random commands with random arguments, some of their bytes spoilt, from many
connections that vanish at any point. The seed is fixed, the interleaving is not; WIRE_SECONDS makes it longer."""

import os
import random
import socket
import threading
import time

import pytest

from harness.resp import encode
from harness.server import Server

SECONDS = float(os.environ.get("WIRE_SECONDS", "2")) * 2
LEFT_OUT = {"shutdown", "monitor", "quit"}
# Subcommands and options that change how other clients are served, or stop the server on purpose.
FORBIDDEN = {("debug", "sleep"), ("client", "pause"), ("config", "set"), ("config", "rewrite"), ("debug", "segfault")}
KEYS = [f"key:{number}" for number in range(12)] + ["{tag}a", "{tag}b"]
WORDS = (
    "NX XX GT LT EX PX EXAT PXAT KEEPTTL GET PERSIST MATCH * COUNT TYPE string LEN IDX REPLACE DB IFEQ BYINT BYFLOAT 0 1 -1 "
    "2 10 100 9223372036854775807 -9223372036854775808 3.5 nan abc 1e400 ON OFF SKIP ASYNC SYNC ENX IFNE 18446744073709551615"
).split() + ["", "x" * 40, b"\x00\xff"]


def commands(connection):
    """Every command, and every container with each of its subcommands."""
    for entry in connection.call("COMMAND"):
        name = entry[0].decode()
        if name in LEFT_OUT:
            continue
        subcommands = [sub[0].decode().split("|")[1] for sub in entry[9]]
        yield from ([name, sub] for sub in subcommands if (name, sub) not in FORBIDDEN)
        if name != "debug":
            yield [name]


def random_request(choice, known):
    words = list(choice.choice(known))
    if words[0] in ("flushall", "flushdb") and choice.random() < 0.9:
        words = ["get"]
    for _ in range(choice.choice((0, 1, 1, 2, 2, 3, 3, 4, 5, 6))):
        words.append(choice.choice(KEYS) if choice.random() < 0.55 else choice.choice(WORDS))
    data = bytearray(encode(words))
    if choice.random() < 0.02:
        data[choice.randrange(len(data))] = choice.randrange(256)
    return bytes(data)


def talk(server, seed, known, deadline, sent):
    choice = random.Random(seed)
    while time.monotonic() < deadline and server.is_running():
        try:
            connection = server.connect().socket
            for _ in range(choice.randrange(1, 60)):
                requests = [random_request(choice, known) for _ in range(choice.randrange(1, 40))]
                connection.sendall(b"".join(requests))
                sent.append(len(requests))
                if choice.random() < 0.8:
                    connection.settimeout(0.01)
                    try:
                        while len(connection.recv(65536)) == 65536:
                            pass
                    except socket.timeout:
                        pass
                    connection.settimeout(5)
            connection.close()
        except OSError:
            # The server may end the connection: for what was said on it, or by a CLIENT KILL of another.
            pass


@pytest.mark.parametrize("workers", (1, 3, 8))
def test_random_commands(workers):
    with Server("needletail", ["--enable-debug-command", "yes"], threads=workers) as server:
        known = list(commands(server.connect()))
        deadline = time.monotonic() + SECONDS
        sent = []
        crew = [threading.Thread(target=talk, args=(server, seed, known, deadline, sent)) for seed in range(6)]
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()
        assert server.is_running(), server.log()[-3000:]
        assert server.connect().call("PING") == b"PONG"
        assert sum(sent) > 1000
