"""Resident memory per element of collections, each shape on a freshly started server."""

import dataclasses
import socket
import time

from . import figures
from .servers import Placement, ReplyError, Server, ComparisonError, cores, read_reply

ELEMENTS_A_COMMAND = 200
COMMANDS_A_PIPELINE = 50


@dataclasses.dataclass(frozen=True)
class Shape:
    """`collections` keys of `size` elements, written by `command` with what `element` makes of each one's number."""

    title: str
    command: str
    collections: int
    size: int
    element: object
    # Elements of one command; XADD takes only one.
    a_command: int = ELEMENTS_A_COMMAND

    def elements(self):
        return self.collections * self.size


def member(number):
    return b"member:%09d" % number


def entry(number):
    return (b"*", b"name", b"user:%06d" % number, b"place", b"town:%06d" % (number % 997))


def shapes(count):
    """One large collection of each type, and many small ones; members of 16 bytes, fields and values of 16,
    entries of two fields with values of 11."""
    small = max(1, count // 10)
    pair = lambda number: (member(number), b"value:%010d" % number)  # noqa: E731
    scored = lambda number: (b"%d" % (number * 7919 % count), member(number))  # noqa: E731
    single = lambda number: (member(number),)  # noqa: E731
    streams = max(1, count // 100)
    return [
        Shape("hash", "HSET", 1, count, pair),
        Shape("set", "SADD", 1, count, single),
        Shape("sorted set", "ZADD", 1, count, scored),
        Shape("list", "RPUSH", 1, count, single),
        Shape("hashes of 10 fields", "HSET", small, 10, pair),
        Shape("sets of 10 members", "SADD", small, 10, single),
        Shape("sorted sets of 10 members", "ZADD", small, 10, scored),
        Shape("lists of 10 elements", "RPUSH", small, 10, single),
        Shape("stream", "XADD", 1, count, entry, 1),
        Shape("streams of 100 entries", "XADD", streams, 100, entry, 1),
    ]


def measure(options, progress):
    """One record a shape."""
    available = cores()
    lines = list(options.peers) + [(f"needletail {n}", options.needletail_line(n)) for n in options.threads]
    records = []
    for shape in shapes(options.element_count):
        record = {"shape": shape.title, "elements": shape.elements(), "servers": {}}
        for name, line in lines:
            progress.show(f"{name}: {shape.title}")
            server = Server(name, line, Placement(len(available), available).server)
            try:
                if not server.knows(shape.command):
                    continue
                fill(server, shape)
                time.sleep(1)
                taken = server.resident_bytes() - server.empty_bytes
                record["servers"][name] = figures.rounded(taken / shape.elements())
            finally:
                server.stop()
        records.append(record)
    return records


def commands(shape):
    """The words of every command."""
    for collection in range(shape.collections):
        key = b"key:%09d" % collection
        for first in range(0, shape.size, shape.a_command):
            words = [shape.command.encode(), key]
            for place in range(first, min(first + shape.a_command, shape.size)):
                words += shape.element(collection * shape.size + place)
            yield words


def fill(server, shape):
    with socket.create_connection(("127.0.0.1", server.port), 60) as connection, connection.makefile("rb") as stream:
        waiting = []
        for words in commands(shape):
            bulks = b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)
            waiting.append(b"*%d\r\n%s" % (len(words), bulks))
            if len(waiting) == COMMANDS_A_PIPELINE:
                send(connection, stream, waiting)
        send(connection, stream, waiting)


def send(connection, stream, waiting):
    connection.sendall(b"".join(waiting))
    for _ in waiting:
        reply = read_reply(stream)
        if isinstance(reply, ReplyError):
            raise ComparisonError(f"a collection could not be written: {reply}")
    waiting.clear()
