"""The open loop: requests at a fixed rate, whether the server keeps up or not; latency from when each was due."""

import contextlib
import os
import subprocess

from . import figures
from .workloads import ALL, Point

SHARE = 0.5
ROUNDS = 3


def estimate(options, all_groups):
    per_server = options.open_loop_seconds * ROUNDS * 2 + 3
    return sum(per_server * sum(1 for _, _, is_floor in group.lines if not is_floor) for group in all_groups)


def measure_group(group, options, load, key_count, progress):
    """Half the greatest rate of the slowest server for all of them, then half of its own for each."""
    load.processors = group.placement.client
    size = (options.sizes or [16])[0]
    point = Point(ALL["mixed"], 1, size)
    keys = key_count(size)
    with contextlib.ExitStack() as stack:
        servers = [server for server in group.start(stack) if not server.is_floor]
        for server in servers:
            load.fill(server, keys, size)
        greatest = {server.name: greatest_rate(server, point, keys, load, progress) for server in servers}
        common = min(greatest.values()) * SHARE
        rates = {name: rates_of(own * SHARE, common) for name, own in greatest.items()}
        found = {(name, kind): [] for name in rates for kind in rates[name]}
        for number in range(ROUNDS):
            for server in servers if number % 2 == 0 else servers[::-1]:
                for kind, rate in rates[server.name].items():
                    progress.show(f"open loop, {rate:.0f} requests/s: round {number + 1} of {ROUNDS}, {server.name}")
                    extra = page(options, server, kind) if number == ROUNDS - 1 else ()
                    one = load.run(server, point, keys, seconds=options.open_loop_seconds, rate=rate, extra=extra)
                    found[server.name, kind].append(one)
        versions = {server.name: server.version() for server in servers}
    return versions, [
        record(group, point, keys, name, kind, rates[name][kind], greatest[name], slices)
        for (name, kind), slices in found.items()
    ]


def rates_of(own, common):
    """The slowest server's two rates are one."""
    return {"common": common} if own == common else {"common": common, "own": own}


def greatest_rate(server, point, keys, load, progress):
    """What it does in a closed loop, the median of three runs."""
    progress.show(f"open loop: looking for the greatest rate, {server.name}")
    return figures.median([load.run(server, point, keys, seconds=1).throughput for _ in range(3)])


def page(options, server, kind):
    """The option that makes a page of the run, where needletail-bench has it."""
    if not options.has_pages:
        return ()
    name = f"{server.name}-{kind}".replace(" ", "-")
    path = options.output.with_name(f"{options.output.name}-open-loop-{name}.html")
    # The page shows its command line, which should not tell where this machine keeps the repository.
    return ("--html", os.path.relpath(path))


def has_pages(bench):
    done = subprocess.run([bench, "--help"], capture_output=True, text=True)
    return "--html" in done.stdout


def record(group, point, keys, name, kind, rate, greatest, slices):
    """Medians over the rounds."""
    return {
        **point.record(group, keys),
        "server": name,
        "kind": kind,
        "greatest_rate": figures.rounded(float(greatest)),
        "rate": figures.rounded(float(rate)),
        "achieved": figures.summary([one.throughput for one in slices]),
        "cpu_us": figures.summary([one.cpu_us for one in slices]),
        "p50_ms": figures.summary([one.p50_ms for one in slices]),
        "p99_ms": figures.summary([one.p99_ms for one in slices]),
        "p999_ms": figures.summary([one.p999_ms for one in slices]),
    }
