"""A few seconds of the randomised oracle run (tools/oracle). WIRE_SEED and WIRE_RANDOM_COMMANDS change it."""

import os

import pytest

from randomised.run import Run

SEED = os.environ.get("WIRE_SEED", "1")
COMMANDS = int(os.environ.get("WIRE_RANDOM_COMMANDS", "40000"))


@pytest.mark.parametrize("run_threads", [1, 8])
def test_randomised(run_threads):
    found = []
    run = Run(SEED, run_threads, shrink_seconds=20, note=found.append)
    report = run.play(commands=COMMANDS)
    assert not found, "\n".join(found)
    assert report.commands >= COMMANDS
