"""Random transactions: whole blocks, and single commands where they do not belong."""


def block(c):
    made = [[b"MULTI"]]
    for _ in range(c.number(1, 8)):
        commands = c.command()
        made += commands if type(commands[0]) is list else [commands]
    # Nested blocks are made on purpose: MULTI within MULTI is an error that does not end the block.
    return made + [[b"EXEC" if c.chance(0.85) else b"DISCARD"]]


COMMANDS = [
    (4, "MULTI", block),
    (1, "EXEC", lambda c: [c.pick([b"EXEC", b"DISCARD", b"UNWATCH"])]),
    (1.5, "WATCH", lambda c: [b"WATCH", *c.any_keys(3)]),
    (0.5, "UNWATCH", lambda c: [b"UNWATCH"]),
]
