"""Real users of Redis on Needletail: job queues, message managers, locks. Each test has a server of its own."""

import os
import pathlib
import subprocess
import sys

import pytest
import redis

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "Wire")]

from harness.server import Server  # noqa: E402  (the path comes first)

THREAD_COUNTS = [int(text) for text in os.environ.get("CLIENT_THREADS", "1,4").split(",")]


def pytest_generate_tests(metafunc):
    if "server" in metafunc.fixturenames:
        metafunc.parametrize("server", THREAD_COUNTS, indirect=True)


@pytest.fixture
def server(request):
    with Server("needletail", threads=request.param) as server:
        yield server


@pytest.fixture
def url(server):
    return f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture
def client(server):
    with redis.Redis(port=server.port) as client:
        yield client


@pytest.fixture
def start(server, tmp_path):
    """Starts Python processes that find the workloads and the server, and ends them."""
    processes = []

    def begin(*line):
        environment = os.environ | {"REDIS_URL": f"redis://127.0.0.1:{server.port}/0", "PYTHONPATH": str(HERE)}
        log = (tmp_path / f"process-{len(processes)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, *line], cwd=tmp_path, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        processes.append(process)
        return process

    yield begin
    for process in processes:
        process.terminate()
    for number, process in enumerate(processes):
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        # Shown by pytest when the test has failed.
        print(f"process {number}:", (tmp_path / f"process-{number}.log").read_text(errors="replace")[-4000:])
