"""From the command line to the report."""

import signal
import sys
import tempfile

from . import elements, machine, markdown, memory, openloop, options as command_line, report as reports, rounds
from .clients import Load, find_bench
from .progress import Progress, duration
from .servers import ComparisonError, compile_floor, cores
from .workloads import key_count, points


LABELS = {"throughput": "1000/s", "cpu_us": "CPU µs", "p50_ms": "p50 ms", "p99_ms": "p99", "p999_ms": "p99.9"}


def main(arguments=None):
    # A signal to end takes the servers along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        options = command_line.parse(arguments)
        if options.render is not None:
            render(options)
        else:
            measure(options)
    except ComparisonError as problem:
        sys.exit(f"compare: {problem}")
    except KeyboardInterrupt:
        sys.exit("compare: interrupted")


def render(options):
    paths = options.render or [options.output.with_name(options.output.name + ".json")]
    report = reports.combined([reports.read(path) for path in paths])
    finish(report, options)


def measure(options):
    load = Load(
        find_bench(options.bench),
        [],
        options.connections,
        options.client_threads,
        options.client == "redis-benchmark",
    )
    report = reports.empty(machine.describe(command_line.ROOT), options)
    # Pages are written while the measuring goes on.
    options.output.parent.mkdir(parents=True, exist_ok=True)
    if options.memory:
        progress = Progress(len(options.threads) * 3 * 10)
        report["memory"] = memory.measure(options, load, progress)
        progress.clear()
        print(markdown.memory_table(report["memory"]))
    elif options.elements:
        shapes = len(elements.shapes(options.element_count))
        progress = Progress((len(options.peers) + len(options.threads)) * shapes * 5)
        report["elements"] = elements.measure(options, progress)
        progress.clear()
        print(markdown.elements_table(report["elements"]))
    else:
        with tempfile.TemporaryDirectory(prefix="compare-") as folder:
            floor = None if options.no_floor else compile_floor(command_line.ROOT, folder)
            try:
                measure_matrix(options, load, floor, report)
            except (ComparisonError, KeyboardInterrupt) as problem:
                keep_what_there_is(report, options, str(problem) or "interrupted")
                raise
    reports.write_json(report, options.output)
    finish(report, options)


def keep_what_there_is(report, options, problem):
    """Ten minutes of figures are not thrown away because the eleventh failed; the README is left alone."""
    if report["points"] or report["open_loop"]:
        report["incomplete"] = problem
        options.readme = False
        reports.write_json(report, options.output)
        finish(report, options)


def measure_matrix(options, load, floor, report):
    def keys_of(size):
        return key_count(size, options.keys)

    chosen = points(options.workloads, options.pipelines, options.sizes) if options.matrix else []
    groups = rounds.groups(options, floor, cores())
    expected = rounds.estimate(options, groups, chosen, keys_of)
    if options.open_loop:
        expected += openloop.estimate(options, groups)
        options.has_pages = openloop.has_pages(options.bench)
    parts = [f"{len(chosen)} points of {options.rounds} rounds"] if chosen else []
    parts += ["an open loop"] if options.open_loop else []
    print(f"{' and '.join(parts)}: about {duration(expected)}", flush=True)
    progress = Progress(expected)
    skipped = rounds.Skipped()
    for group in groups:
        print(f"{', '.join(group.names)}: {group.placement.title}", flush=True)
        for kind, found in rounds.measure_group(group, options, load, chosen, keys_of, skipped, progress):
            progress.clear()
            if kind == "point":
                report["points"].append(found)
                show_point(found)
            elif kind == "memory":
                report["memory"].append(found)
            else:
                note_versions(report, found)
        if options.open_loop:
            versions, found = openloop.measure_group(group, options, load, keys_of, progress)
            note_versions(report, versions)
            report["open_loop"] += found
            progress.clear()
    report["skipped"] = list(skipped)
    if report["memory"]:
        print("\n" + markdown.memory_table(report["memory"]))
    if report["open_loop"]:
        print("\n" + markdown.open_loop_table(report["open_loop"]))
    for one in skipped:
        print(f"left out: {one['workload']}, {one['server']}: {one['reason']}")


def note_versions(report, found):
    """Needletail has one version, whatever its number of threads."""
    for name, version in found.items():
        report["versions"]["needletail" if name.startswith("needletail ") else name] = version


def show_point(point):
    """The lines of a point, as soon as it is measured."""
    print(f"\n{markdown.point_name(point)}")
    for name, entry in point["servers"].items():
        words = [f"  {name:<14}"]
        for measure in rounds.MEASURES:
            if entry[measure]["median"] is not None:
                figure = markdown.number(markdown.scaled(measure, entry[measure]["median"]))
                ratio = f" × {markdown.ratio(entry['ratios'].get(measure))}" if "ratios" in entry else ""
                words.append(f"{LABELS[measure]} {figure:>5}{ratio}")
        print(" | ".join(words), flush=True)


def finish(report, options):
    reports.render(report, options.output)
    if options.readme:
        reports.update_readme(report, options.output, command_line.ROOT / "README.md")
    print(f"\nwritten: {options.output.name}.json, .md and .svg" if options.render is None else "rendered", flush=True)
