"""The measurement proper: short slices that alternate between the servers, round after round."""

import contextlib
import time

from . import figures
from .clients import CLIENT_LIMIT, PATIENCE_SECONDS, call_bench
from .listeners import listening
from .servers import ComparisonError, Placement, ReplyError, Server
from .workloads import CACHE_WRITES

MEASURES = ("throughput", "cpu_us", "p50_ms", "p99_ms", "p999_ms")
# What starting a client and connecting takes, beside the slice itself; for the estimate only.
OVERHEAD_SECONDS = 0.12
FILL_KEYS_A_SECOND = 600_000
# Where a run is counted instead of timed (popping what was pushed before, redis-benchmark), it is so many commands for
# each second of a slice: a little less than servers do.
COUNTED_A_SECOND = {1: 80_000}
COUNTED_A_SECOND_IN_A_PIPELINE = 600_000


class Group:
    """Servers that are compared with each other under one placement: the baseline first."""

    def __init__(self, threads, lines, placement):
        self.threads, self.lines, self.placement = threads, lines, placement

    @property
    def names(self):
        return [name for name, _, _ in self.lines]

    def start(self, stack):
        servers = []
        for name, line, is_floor in self.lines:
            server = Server(name, line, self.placement.server, is_floor)
            stack.callback(server.stop)
            servers.append(server)
        return servers


def groups(options, floor, available):
    """One group with a processor for each server thread where that is possible, one for everything else.

    Servers of other makes stand in every group, so that each ratio is one between neighbours in time and place.
    """
    found = []
    by_placement = {}
    for threads in options.threads:
        placement = Placement(threads, available, options.client_threads)
        by_placement.setdefault((placement.is_disjoint and threads) or 0, (placement, []))[1].append(threads)
    for placement, members in by_placement.values():
        lines = [(name, line, False) for name, line in options.peers]
        lines += [(f"needletail {threads}", options.needletail_line(threads), False) for threads in members]
        if floor and members[0] == 1:
            lines.append(("floor", [floor, "PORT"], True))
        found.append(Group(members, lines, placement))
    return found


def estimate(options, all_groups, points, key_count):
    """Seconds the whole matrix will take, roughly."""
    total = 0.0
    for group in all_groups:
        filled = sum(1 for _, _, is_floor in group.lines if not is_floor)
        for size in {point.size for point in points}:
            total += filled * (key_count(size) / FILL_KEYS_A_SECOND + 1)
        total += len(points) * options.rounds * len(group.lines) * (options.slice + OVERHEAD_SECONDS)
    return total


class Skipped(list):
    """What was left out, with the reasons; each said once."""

    def note(self, server, workload, reason):
        entry = {"server": server, "workload": workload, "reason": reason}
        if entry not in self:
            self.append(entry)


def measure_group(group, options, load, points, key_count, skipped, progress):
    """Yields a record of every point, and of the memory after every filling."""
    load.processors = group.placement.client
    for size in sorted({point.size for point in points}):
        with contextlib.ExitStack() as stack:
            servers = group.start(stack)
            keys = key_count(size)
            yield "memory", fill(servers, load, keys, size, group, progress)
            yield "versions", {server.name: server.version() for server in servers if not server.is_floor}
            for point in [point for point in points if point.size == size]:
                able = usable(servers, point, load, skipped)
                if servers[0] in able and sum(not server.is_floor for server in able) > 1:
                    record = measure_point(group, able, point, keys, options, load, progress, skipped)
                    if record:
                        yield "point", record


def fill(servers, load, keys, size, group, progress):
    """Writes the keys; resident bytes per key of each server, the empty server taken off."""
    record = {"threads": group.threads, "size": size, "keys": keys, "servers": {}}
    for server in servers:
        if server.is_floor:
            continue
        progress.show(f"{server.name}: writing {keys} keys of {size} bytes")
        load.fill(server, keys, size)
    time.sleep(0.5)
    for server in servers:
        if server.is_floor:
            continue
        held = server.call("DBSIZE")
        if held != keys and not isinstance(held, ReplyError):
            raise ComparisonError(f"{server.name} holds {held} keys after {keys} were written")
        record["servers"][server.name] = figures.rounded((server.resident_bytes() - server.empty_bytes) / keys)
    return record


def usable(servers, point, load, skipped):
    """The servers that know all that the workload needs."""
    able = []
    if load.is_redis_benchmark and point.workload.redis_benchmark is None:
        skipped.note("all", point.workload.title, "redis-benchmark has no such test")
        return able
    for server in servers:
        lacking = [command for command in point.workload.commands if not server.knows(command)]
        if lacking:
            skipped.note(server.name, point.workload.title, f"the server does not know {', '.join(lacking)}")
        else:
            able.append(server)
    return able


def run_slice(server, point, keys, options, load):
    workload = point.workload
    requests = None
    keys = min(keys, workload.most_keys or keys)
    for command in () if server.is_floor else workload.prepared:
        server.call(*command.split())
    if load.is_redis_benchmark or workload.refill or workload.is_counted:
        rate = COUNTED_A_SECOND.get(point.pipeline, COUNTED_A_SECOND_IN_A_PIPELINE)
        requests = max(1000, int(rate * options.slice))
    if workload.refill:
        load.refill(server, workload.refill, requests, point.size)
    return load.run(server, point, keys, seconds=options.slice, requests=requests)


def measure_point(group, servers, point, keys, options, load, progress, skipped):
    with contextlib.ExitStack() as stack:
        for server in servers if point.workload.subscribers else ():
            stack.enter_context(listening(server, point.workload.subscribers, group.placement.client))
        return measure_rounds(group, servers, point, keys, options, load, progress, skipped)


def measure_rounds(group, servers, point, keys, options, load, progress, skipped):
    for server in servers:
        if point.workload.removed:
            server.call("DEL", point.workload.removed)
    found = {server.name: [] for server in servers}
    failed = set()
    if point.workload.is_cache:
        for server in servers:
            progress.show(f"{point.title}: filling {server.name}", server.name)
            make_cache(server, point, keys, load)
    for number in range(options.rounds):
        # The order alternates too: who comes first finds a cooler machine.
        for server in servers if number % 2 == 0 else servers[::-1]:
            if server.name in failed:
                continue
            progress.show(f"{point.title}: round {number + 1} of {options.rounds}, {server.name}", server.name)
            try:
                found[server.name].append(run_slice(server, point, keys, options, load))
            except ComparisonError as problem:
                server.check_alive()
                skipped.note(server.name, point.workload.title, str(problem))
                failed.add(server.name)
    if point.workload.is_cache:
        for server in servers:
            server.call("CONFIG", "SET", "maxmemory", "0")
    able = {name: slices for name, slices in found.items() if name not in failed}
    return record_point(group, point, keys, able) if servers[0].name in able and len(able) > 1 else None


def make_cache(server, point, keys, load):
    """Nine tenths of the keys have room, half of them get a deadline, and eviction runs with every new key."""
    if server.is_floor:
        return
    server.call("CONFIG", "SET", "maxmemory", "0")
    server.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    load.fill(server, keys, point.size)
    text = str(server.call("INFO", "memory"))
    used = int(text.split("used_memory:", 1)[1].split("\n", 1)[0])
    server.call("CONFIG", "SET", "maxmemory", str(used * 9 // 10))
    arguments = [*CACHE_WRITES, "-P", "100", "-d", str(point.size), "-r", str(keys), "-n", str(2 * keys)]
    call_bench(load, server, arguments, PATIENCE_SECONDS)


def record_point(group, point, keys, found):
    """The report's record of a point: medians and rounds of each server, ratios to the first one."""
    baseline = next(name for name in found)
    record = {
        **point.record(group, keys),
        "baseline": baseline,
        "servers": {},
    }
    columns = {name: columns_of(slices) for name, slices in found.items()}
    for name in found:
        measures = columns[name]
        busy = figures.median(measures["client_load"])
        entry = {measure: figures.summary(measures[measure]) for measure in MEASURES}
        entry["client_load"] = figures.rounded(busy, 3)
        if name != baseline:
            entry["ratios"] = {
                measure: figures.paired_ratio(measures[measure], columns[baseline][measure]).record()
                for measure in MEASURES
                if any(value is not None for value in measures[measure])
            }
            mark_the_limit(entry, busy, figures.median(columns[baseline]["client_load"]))
        record["servers"][name] = entry
    return record


def columns_of(slices):
    """One list for each measure, a slice in each place; None where the slice failed."""
    return {
        measure: [getattr(one, measure) if one is not None else None for one in slices]
        for measure in (*MEASURES, "client_load")
    }


def mark_the_limit(entry, busy, baseline_busy):
    """A client that has nothing left hides how far apart two servers are: their rates and latencies are marked."""
    if max(busy or 0, baseline_busy or 0) < CLIENT_LIMIT:
        return
    for measure in MEASURES:
        if measure != "cpu_us" and entry["ratios"].get(measure, {}).get("value") is not None:
            entry["ratios"][measure]["client_limited"] = True
