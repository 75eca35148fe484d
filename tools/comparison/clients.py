"""The load: one run of needletail-bench or redis-benchmark against one server, and what came of it."""

import csv
import dataclasses
import io
import json
import resource
import shutil
import subprocess
import time

from .servers import ComparisonError, pinned

# A run that takes this much longer than its slice is stopped.
PATIENCE_SECONDS = 60
# A client that takes more than this of its processors is the limit of what it measures.
CLIENT_LIMIT = 0.9


@dataclasses.dataclass(frozen=True)
class Slice:
    """One run: rates in commands a second, processor time in microseconds a command, latencies in milliseconds."""

    throughput: float
    cpu_us: float | None
    p50_ms: float | None = None
    p99_ms: float | None = None
    p999_ms: float | None = None
    # The share of its processors that the client took.
    client_load: float | None = None
    requests: int = 0


@dataclasses.dataclass
class Load:
    """What is common to all runs of a comparison."""

    bench: str
    processors: list[int]
    connections: int = 50
    threads: int = 1
    is_redis_benchmark: bool = False

    def run(self, server, point, keys, seconds=None, requests=None, rate=None, extra=()):
        """Runs the point's workload once, for a time or a number of requests."""
        if self.is_redis_benchmark:
            return run_redis_benchmark(self, server, point, keys, requests)
        return run_bench(self, server, point, keys, seconds, requests, rate, extra)

    def fill(self, server, keys, size):
        """Writes every key once; returns the seconds it took."""
        start = time.monotonic()
        arguments = ["-t", "get", "-n", "1", "--preload", "-r", str(keys), "-d", str(size), "-P", "100"]
        call_bench(self, server, arguments, PATIENCE_SECONDS * 5)
        return time.monotonic() - start

    def refill(self, server, test, count, size):
        arguments = ["-t", test, "-n", str(count), "-d", str(size), "-P", "100"]
        call_bench(self, server, arguments, PATIENCE_SECONDS)


def call_bench(load, server, arguments, patience):
    line = [load.bench, "-p", str(server.port), "-c", str(load.connections), "--threads", str(load.threads), "--json"]
    done = call(pinned([*line, *arguments], load.processors), patience)
    # Exit code 3: all done, but some replies were errors.
    if done.returncode not in (0, 3):
        server.check_alive()
        raise ComparisonError(f"needletail-bench against {server.name}: {done.stderr.strip() or done.returncode}")
    try:
        return json.loads(done.stdout)["tests"][-1]
    except (ValueError, KeyError, IndexError) as problem:
        raise ComparisonError("needletail-bench printed no figures") from problem


def call(line, patience):
    try:
        return subprocess.run(line, capture_output=True, text=True, timeout=patience)
    except FileNotFoundError as problem:
        raise ComparisonError(f"{line[0]} is missing") from problem
    except subprocess.TimeoutExpired as problem:
        raise ComparisonError(f"a client hung for {patience} s: {' '.join(line)}") from problem


def run_bench(load, server, point, keys, seconds, requests, rate, extra):
    arguments = [*point.workload.bench, "-P", str(point.pipeline), "-d", str(point.size), "-r", str(keys), *extra]
    arguments += ["-n", str(requests)] if requests else ["--seconds", str(seconds)]
    if rate:
        arguments += ["--rate", f"{rate:.0f}"]
    before = server.processor_seconds()
    test = call_bench(load, server, arguments, (seconds or 0) + PATIENCE_SECONDS)
    used = server.processor_seconds() - before
    if test["errors"] and not server.is_floor:
        texts = [command["first_error"] for command in test["commands"] if command.get("first_error")]
        raise ComparisonError(f"{server.name} answered {point.workload.title} with errors: {texts[0] if texts else ''}")
    latency = test["latency"]
    wall = test["seconds"]
    return Slice(
        throughput=test["requests_per_second"],
        cpu_us=used / test["requests"] * 1e6 if test["requests"] else None,
        p50_ms=latency["p50_ms"],
        p99_ms=latency["p99_ms"],
        p999_ms=latency["p99.9_ms"],
        client_load=test["client_cpu_seconds"] / wall / load.threads if wall else None,
        requests=test["requests"],
    )


def run_redis_benchmark(load, server, point, keys, requests):
    line = ["redis-benchmark", "-p", str(server.port), "-c", str(load.connections), "-P", str(point.pipeline)]
    line += ["-n", str(requests), "-r", str(keys), "-d", str(point.size), "-t", point.workload.redis_benchmark, "--csv"]
    if load.threads > 1:
        line += ["--threads", str(load.threads)]
    before, mine = server.processor_seconds(), children_seconds()
    start = time.monotonic()
    done = call(pinned(line, load.processors), PATIENCE_SECONDS * 5)
    wall = time.monotonic() - start
    if done.returncode != 0:
        server.check_alive()
        raise ComparisonError(f"redis-benchmark against {server.name}: {done.stderr.strip() or done.returncode}")
    row = list(csv.DictReader(io.StringIO(done.stdout)))[-1]
    return Slice(
        throughput=float(row["rps"]),
        cpu_us=(server.processor_seconds() - before) / requests * 1e6,
        p50_ms=float(row["p50_latency_ms"]),
        p99_ms=float(row["p99_latency_ms"]),
        client_load=(children_seconds() - mine) / wall / load.threads,
        requests=requests,
    )


def children_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def find_bench(path):
    found = shutil.which(path)
    if found is None:
        raise ComparisonError(
            "needletail-bench is missing: swift build -c release --product needletail-bench, or --bench PATH"
        )
    return found
