"""Celery: the server is the broker and keeps the results."""

import importlib

import pytest
from celery import chain, chord, group
from harness.waiting import until

WAIT_SECONDS = 30


@pytest.fixture
def tasks(url, start, monkeypatch):
    monkeypatch.setenv("REDIS_URL", url)
    import workloads.celery_tasks

    tasks = importlib.reload(workloads.celery_tasks)
    start("-m", "celery", "-A", "workloads.celery_tasks", "worker", "--pool", "threads", "-c", "4", "-l", "WARNING")
    assert until(lambda: tasks.app.control.ping(timeout=0.5), 40)
    yield tasks
    tasks.app.close()


def test_tasks_and_their_results(tasks, client):
    many = group(tasks.add.s(number, number) for number in range(100)).apply_async()
    assert many.get(timeout=WAIT_SECONDS) == [2 * number for number in range(100)]
    assert chain(tasks.add.s(1, 2), tasks.add.s(3), tasks.add.s(4)).apply_async().get(timeout=WAIT_SECONDS) == 10
    # A chord counts its members' ends in the server.
    summed = chord((tasks.add.s(number, 1) for number in range(30)), tasks.total.s()).apply_async()
    assert summed.get(timeout=WAIT_SECONDS) == sum(range(31))
    assert tasks.works_the_third_time.delay().get(timeout=WAIT_SECONDS) == 2
    assert tasks.add.apply_async((1, 1), countdown=0.3).get(timeout=WAIT_SECONDS) == 2
    with pytest.raises(ValueError, match="as it should"):
        tasks.fails.delay("as it should").get(timeout=WAIT_SECONDS)
    # Every message was acknowledged: none is left in the queue, nor among those under way.
    assert until(lambda: client.llen("celery") == 0 and client.hlen("unacked") == 0)
