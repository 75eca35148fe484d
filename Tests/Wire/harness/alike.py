"""The same random commands to Needletail and to the oracle, every reply compared."""

import os

from harness.resp import encode

SEED = int(os.environ.get("WIRE_SEED", "1"))
COMMANDS = int(os.environ.get("WIRE_COMMANDS", "4000"))


def sorted_lines(reply):
    """Texts and the lengths before them in any order: the same elements have the same ones."""
    return sorted(reply.split(b"\r\n"))


def run_alike(ours, oracle, generator, count, unordered, title):
    """Sends `count` commands of the generator, in pipelines of several lengths, and compares reply by reply.

    Of the commands in `unordered`, replies may have their elements in another order.
    """
    history = []
    while len(history) < count:
        batch = [generator.command() for _ in range(generator.random.choice([1, 1, 3, 20]))]
        data = b"".join(encode([word.encode("latin-1") for word in command]) for command in batch)
        ours.send(data)
        oracle.send(data)
        for command in batch:
            our_reply, oracle_reply = ours.read()[0], oracle.read()[0]
            history.append(" ".join(repr(word)[:60] for word in command[:12]))
            same = our_reply == oracle_reply
            if command[0] in unordered:
                same = same or sorted_lines(our_reply) == sorted_lines(oracle_reply)
            assert same, "\n".join(
                [
                    f"after {len(history)} commands, seed {SEED}, {title}:",
                    *history[-25:],
                    f"Needletail {our_reply[:300]!r}",
                    f"oracle     {oracle_reply[:300]!r}",
                ]
            )
