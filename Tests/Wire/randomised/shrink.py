"""Finds a short history that still shows a difference: leaves out what can be left out."""

import time

from .play import differs

BLOCKS = (b"MULTI", b"EXEC", b"DISCARD")


def flatten(history):
    """Entries of one command each: (connection, command, ending)."""
    entries = []
    for connection, commands, ending in history:
        plain = commands[:-1] if ending == "pop" else commands[:-3] if ending == "expire" else commands
        entries += [(connection, command, None) for command in plain]
        if ending == "pop":
            entries.append((connection, commands[-1], "pop"))
        elif ending == "expire":
            entries.append((connection, commands[-3:], "expire"))
    return entries


def batches(entries):
    """The entries as a history again; a transaction that lost its end is discarded."""
    history, current, connection = [], [], None

    def close(ending=None, last=()):
        nonlocal current
        is_open = False
        for command in current:
            name = command[0].upper()
            if name in BLOCKS:
                is_open = name == b"MULTI"
        if is_open:
            current.append([b"DISCARD"])
        if current or last:
            history.append((connection, [*current, *last], ending))
        current = []

    for on, command, ending in entries:
        if on != connection:
            close()
            connection = on
        if ending is None:
            current.append(command)
        else:
            close(ending, [command] if ending == "pop" else command)
    close()
    return history


def shorten(player, thresholds, history, budget_seconds):
    """(difference, history) with as few commands as the time allows; None when the difference does not come again."""
    deadline = time.monotonic() + budget_seconds
    entries = flatten(history)
    difference = differs(player, thresholds, batches(entries))
    if difference is None:
        return None
    pieces = 2
    while len(entries) > 1 and time.monotonic() < deadline:
        size = max(1, len(entries) // pieces)
        removed = False
        start = 0
        while start < len(entries) and time.monotonic() < deadline:
            candidate = entries[:start] + entries[start + size :]
            found = differs(player, thresholds, batches(candidate)) if candidate else None
            if found is not None:
                entries, difference, removed = candidate, found, True
            else:
                start += size
        if size == 1 and not removed:
            break
        if not removed or size > 1:
            pieces = min(len(entries), pieces * 2)
    return difference, batches(entries)
