"""Random commands on places alone: near poles, at the date line, with large radii and boxes, beside the oracle.

WIRE_SEED changes the commands and WIRE_RANDOM_GEO makes them more.
"""

import os

import pytest

from randomised.run import Run

SEED = os.environ.get("WIRE_SEED", "1")
COMMANDS = int(os.environ.get("WIRE_RANDOM_GEO", "4000"))


@pytest.mark.parametrize("run_threads", [1, 2, 8])
def test_random_places(run_threads):
    found = []
    report = Run(f"geo {SEED}", run_threads, ["geo"], shrink_seconds=10, note=found.append).play(commands=COMMANDS)
    assert not found, "\n".join(found)
    assert report.commands >= COMMANDS
