"""Random commands on places alone: near poles, at the date line, with large radii and boxes, beside the oracle.

WIRE_SEED changes the commands and WIRE_RANDOM_GEO makes them more; tools/oracle --families geo is for many.
"""

import os

from randomised.run import Run

SEED = os.environ.get("WIRE_SEED", "1")
COMMANDS = int(os.environ.get("WIRE_RANDOM_GEO", "2000"))


def test_random_places(flushed, threads):
    found = []
    servers = flushed.needletail, flushed.oracle
    run = Run(f"geo {SEED}", threads, ["geo"], shrink_seconds=10, note=found.append, servers=servers)
    report = run.play(commands=COMMANDS)
    assert not found, "\n".join(found)
    assert report.commands >= COMMANDS
