"""Keys with values of several sizes, written and deleted by the thousand: what needletail-bench has no words for."""

import os
import random
import socket

from comparison.servers import ComparisonError, ReplyError, read_reply

BATCH = 1000
# What a key takes beside its value, roughly: enough to stop at about the right number of bytes.
KEY_BYTES = 40


class MixedValues:
    """One connection to a server. Sizes come by turns of a generator that always begins alike."""

    def __init__(self, server, stack):
        self.random = random.Random(20)
        self.noise = os.urandom(1 << 16)
        self.connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 60))
        self.stream = stack.enter_context(self.connection.makefile("rb"))

    def fill(self, prefix, sizes, byte_count):
        """Writes new keys with values of these sizes until they take so many bytes; returns the keys."""
        keys, written = [], 0
        while written < byte_count:
            commands = []
            for size in self.random.choices(sizes, k=BATCH):
                key = b"%s:%012d" % (prefix.encode(), len(keys))
                keys.append(key)
                written += size + KEY_BYTES
                value = self.noise[:size]
                commands.append(b"*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (len(key), key, size, value))
            self.send(commands)
        return keys

    def delete(self, keys, share):
        """Deletes this share of the keys, chosen at random."""
        chosen = self.random.sample(keys, int(len(keys) * share))
        for start in range(0, len(chosen), BATCH):
            words = [b"DEL", *chosen[start : start + BATCH]]
            self.send([b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)])

    def send(self, commands):
        self.connection.sendall(b"".join(commands))
        for _ in commands:
            reply = read_reply(self.stream)
            if isinstance(reply, ReplyError):
                raise ComparisonError(f"the server refused a command: {reply}")
