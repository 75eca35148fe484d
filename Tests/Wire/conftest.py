"""Shared by all tests over the wire: the servers, started once for each number of threads."""

import os
import sys
import time

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from harness.server import Server, is_stand_in, needletail_path  # noqa: E402

THREAD_COUNTS = [int(text) for text in os.environ.get("WIRE_THREADS", "1,2,8").split(",")]
DEBUG_ENABLED = ("--enable-debug-command", "yes")


SETTLE_SECONDS = 2


class Pair:
    """Needletail and the oracle side by side; either is started again when a test has brought it down."""

    def __init__(self, threads):
        self.threads = threads
        self.needletail = Server("needletail", DEBUG_ENABLED, threads=threads)
        self.oracle = Server("redis", DEBUG_ENABLED)
        self.administrators = {}
        self._known = {}

    def flush(self):
        for server in (self.needletail, self.oracle):
            try:
                self._administrator(server).call("FLUSHALL")
            except Exception:
                self.administrators.pop(server, None)
                self.revive(server)
                self._administrator(server).call("FLUSHALL")

    def settle(self):
        """Waits until the servers know that the clients of the test before are gone: they subscribe and block."""
        end = time.monotonic() + SETTLE_SECONDS
        for server in (self.needletail, self.oracle):
            administrator = self._administrator(server)
            while administrator.call("CLIENT", "LIST").count(b"\n") > 1 and time.monotonic() < end:
                time.sleep(0.001)

    def revive(self, server):
        if not server.is_running():
            server.start()

    def _administrator(self, server):
        if server not in self.administrators:
            self.administrators[server] = server.connect()
        return self.administrators[server]

    def has(self, command):
        """Whether Needletail has the command at all."""
        if command not in self._known:
            reply = self._administrator(self.needletail).call("COMMAND", "INFO", command)
            self._known[command] = isinstance(reply, list) and reply[0] is not None and isinstance(reply[0], list)
        return self._known[command]

    def close(self):
        for server in (self.needletail, self.oracle):
            server.close()


_pairs = {}


def pair_of(threads):
    if threads not in _pairs:
        # One pair at a time: the tests of one number of threads are done before the next begins.
        for other in list(_pairs):
            _pairs.pop(other).close()
        _pairs[threads] = Pair(threads)
    return _pairs[threads]


@pytest.fixture
def pair(threads):
    return pair_of(threads)


@pytest.fixture
def flushed(pair):
    pair.flush()
    pair.settle()
    return pair


@pytest.fixture
def eight_threads():
    """A Needletail of its own with eight threads."""
    with Server("needletail", threads=8) as server:
        yield server


@pytest.fixture
def needletail():
    """A Needletail of its own."""
    with Server("needletail", DEBUG_ENABLED, threads=2) as server:
        yield server


def pytest_generate_tests(metafunc):
    if "threads" in metafunc.fixturenames:
        metafunc.parametrize("threads", THREAD_COUNTS, scope="session")


def pytest_collection_modifyitems(items):
    """Processes share the tests by file and number of threads: what runs on one pair of servers stays together."""
    for item in items:
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        threads = parameters.get("threads", THREAD_COUNTS[0])
        item.add_marker(pytest.mark.xdist_group(f"{item.path.stem}-{threads}"))


def pytest_configure(config):
    config.addinivalue_line("markers", "xdist_group: tests that one process runs (pytest-xdist)")


def pytest_report_header():
    note = " (the oracle stands in for Needletail)" if is_stand_in() else ""
    return f"needletail: {needletail_path()}{note}, threads {THREAD_COUNTS}"


def pytest_sessionfinish():
    for pair in _pairs.values():
        pair.close()
    _pairs.clear()
