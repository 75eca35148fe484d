"""BullMQ: all of it is scripts, over lists, sorted sets, hashes and streams."""

import asyncio

from bullmq import Queue, Worker

JOBS = 60


async def work(url):
    done, tries = {}, {}
    everything = asyncio.Event()
    expected = JOBS + 3

    async def process(job, token):
        tries[job.name] = tries.get(job.name, 0) + 1
        if job.name == "stubborn" and tries[job.name] < 3:
            raise ValueError("not yet")
        return job.data["number"] * 2

    def completed(job, result):
        done[job.name] = result
        if len(done) == expected:
            everything.set()

    queue = Queue("work", {"connection": url})
    for number in range(JOBS):
        await queue.add(f"job-{number}", {"number": number}, {"priority": number % 3} if number % 2 else {})
    await queue.add("late", {"number": 100}, {"delay": 300})
    await queue.add("stubborn", {"number": 101}, {"attempts": 3})
    await queue.addBulk([{"name": "bulk", "data": {"number": 102}, "opts": {}}])
    workers = [Worker("work", process, {"connection": url, "concurrency": 4}) for _ in range(2)]
    for worker in workers:
        worker.on("completed", completed)
    try:
        await asyncio.wait_for(everything.wait(), 40)
        counts = await queue.getJobCounts("completed", "waiting", "active", "delayed", "failed")
    finally:
        for worker in workers:
            # By force, as BullMQ waits without end for a wait of redis-py that did not notice that it was cancelled.
            await worker.close(force=True)
        await queue.close()
    return done, tries, counts


def test_jobs_are_done_once(url):
    done, tries, counts = asyncio.run(work(url))
    wanted = {f"job-{number}": 2 * number for number in range(JOBS)}
    assert done == wanted | {"late": 200, "stubborn": 202, "bulk": 204}
    assert tries.pop("stubborn") == 3 and set(tries.values()) == {1}
    assert counts == {"completed": JOBS + 3, "waiting": 0, "active": 0, "delayed": 0, "failed": 0}
