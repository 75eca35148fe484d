"""Subscribers: many connections in a process of their own that subscribe to `news`, and read and forget what comes."""

import contextlib
import pathlib
import selectors
import socket
import subprocess
import sys

from .servers import ComparisonError, pinned

READY = "ready"
REQUEST = b"*2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nnews\r\n"


@contextlib.contextmanager
def listening(server, count, processors):
    """While it lasts, so many subscribers listen to the server; the floor has none."""
    if server.is_floor:
        yield
        return
    # Both servers are measured while they deliver, not while they cut off a reader that is slower.
    server.call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 0 0 0")
    line = pinned([sys.executable, "-m", "comparison.listeners", str(server.port), str(count)], processors)
    folder = pathlib.Path(__file__).resolve().parents[1]
    with subprocess.Popen(line, cwd=folder, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout.readline().strip() != READY:
                raise ComparisonError(f"{count} subscribers could not be connected to {server.name}")
            yield
        finally:
            process.kill()


def main(port, count):
    selector = selectors.DefaultSelector()
    # One after the other: what waits to be accepted has no room for all.
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port), 30)
        connection.sendall(REQUEST)
        received = b""
        while not received.endswith(b":1\r\n"):
            received += connection.recv(1000)
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ)
    print(READY, flush=True)
    room = bytearray(1 << 20)
    while selector.get_map():
        for key, _ in selector.select():
            with contextlib.suppress(BlockingIOError):
                if not key.fileobj.recv_into(room):
                    selector.unregister(key.fileobj)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
