"""Every case on Needletail and on the oracle, in RESP2 and RESP3, for every number of threads."""

import importlib
import pathlib

import pytest

from differences import DIFFERENCES
from harness.case import run
from harness.server import is_stand_in

MODULES = sorted(path.stem for path in (pathlib.Path(__file__).parent / "cases").glob("[a-z]*.py"))
CASES = [(name, case) for name in MODULES for case in importlib.import_module(f"cases.{name}").CASES]
RUNS = [
    pytest.param(protocol, case, id=f"{name}-RESP{protocol}-{case.name}")
    for name, case in CASES
    for protocol in case.protocols
]

_shown = set()


@pytest.mark.parametrize("protocol,case", RUNS)
def test_case(threads, protocol, case, flushed):
    if case.literal and is_stand_in():
        pytest.skip("the replies are newer than the oracle")
    lacking = [command for command in case.needs if not flushed.has(command)]
    if lacking:
        pytest.skip(f"needs {' '.join(lacking)}")
    wrong, shown = run(case, protocol, flushed.needletail, flushed.oracle, DIFFERENCES)
    if len(wrong) == 1 and wrong[0].rstrip().endswith("the oracle does not answer"):
        # There is nothing to compare with. It happens to the oracle about once in several runs of everything.
        flushed.flush()
        flushed.settle()
        wrong, shown = run(case, protocol, flushed.needletail, flushed.oracle, DIFFERENCES)
    _shown.update(shown)
    if wrong:
        pytest.fail(f"{case.name} (RESP{protocol}, {threads} threads)\n" + "\n".join(wrong), pytrace=False)


def test_names_are_unique():
    names = [(module, case.name) for module, case in CASES]
    doubled = sorted({name for name in names if names.count(name) > 1})
    assert not doubled


def test_every_difference_shows(request):
    if is_stand_in() or request.config.getoption("-k") or request.config.getoption("--lf", False):
        pytest.skip("not all cases have run")
    if request.session.testscollected < len(RUNS):
        pytest.skip("not all cases have run")
    stale = [f"{each.cases}: {each.reason}" for each in DIFFERENCES if each not in _shown]
    assert not stale
