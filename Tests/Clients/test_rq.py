"""rq: queues, dependencies, retries and registries."""

from harness.waiting import until
from rq import Queue, Retry
from workloads import rq_jobs

WORKER = ("-m", "rq.cli", "worker", "--burst", "--worker-class", "rq.worker.SimpleWorker", "--url")


def test_jobs_are_done_by_two_workers(client, url, start):
    queue = Queue("work", connection=client)
    jobs = [queue.enqueue(rq_jobs.square, number) for number in range(40)]
    last = queue.enqueue(rq_jobs.sum_of_dependencies, depends_on=jobs)
    failed = queue.enqueue(rq_jobs.fail, "as it should", retry=Retry(max=2))
    workers = [start(*WORKER, url, "work") for _ in range(2)]
    assert until(lambda: all(worker.poll() is not None for worker in workers), 60)
    # The last dependency may end when the other worker has left already.
    if last.get_status() == "queued":
        worker = start(*WORKER, url, "work")
        assert until(lambda: worker.poll() is not None, 60)
    assert [job.return_value(refresh=True) for job in jobs] == [number * number for number in range(40)]
    assert last.return_value(refresh=True) == sum(number * number for number in range(40))
    assert failed.get_status() == "failed" and "as it should" in failed.latest_result().exc_string
    assert failed.id in queue.failed_job_registry and len(queue.finished_job_registry) == 41
    assert len(queue) == 0
