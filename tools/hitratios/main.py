"""From the command line to the report."""

import json
import signal
import sys

from comparison import machine
from comparison.options import ROOT
from comparison.progress import Progress, duration
from comparison.report import put_between_markers, write_json
from comparison.servers import ComparisonError

from . import markdown, options as command_line, replays

FORMAT = 1
# Seconds that a trace takes beside its replay, for the estimate only.
OVERHEAD_SECONDS = 15


def main(arguments=None):
    # A signal to end takes the servers along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        options = command_line.parse(arguments)
        report = read(options) if options.render else measure(options)
        finish(report, options)
    except ComparisonError as problem:
        sys.exit(f"hitratio: {problem}")
    except KeyboardInterrupt:
        sys.exit("hitratio: interrupted")


def empty(options):
    return {
        "format": FORMAT,
        **machine.describe(ROOT),
        "versions": {},
        "settings": {
            "rate": options.rate,
            "window": options.window,
            "rounds": options.rounds,
            "threads": options.threads,
            "equal_keys": options.equal_keys,
        },
        "traces": [],
        "skipped": [],
    }


def measure(options):
    report = empty(options)
    each = options.requests / options.rate + OVERHEAD_SECONDS
    expected = len(options.chosen) * options.rounds * each
    print(f"{len(options.chosen)} traces: about {duration(expected)}", flush=True)
    progress = Progress(expected)
    for trace in options.chosen:
        found = replays.measure_trace(options, trace, report["skipped"], progress)
        progress.clear()
        report["traces"].append(found)
        for name, entry in found["servers"].items():
            report["versions"][name.split(" ")[0]] = entry["version"]
        show(found)
        # What there is is kept, whatever comes.
        write_json(report, options.output)
    return report


def show(trace):
    most = markdown.percent(trace["unlimited"])
    print(f"\n{trace['title']}: budget {trace['budget_bytes']} bytes; without a limit {most} %")
    for name, entry in trace["servers"].items():
        print(
            f"  {name:<26} {markdown.percent(entry['hit_ratio'])} %  {entry['keys_held'] / 1000:.1f} thousand keys, "
            f"{entry['entry_bytes']:.0f} bytes each, {entry['seconds']:.0f} s"
        )
    for kind, found in trace["bounds"].items():
        print(
            f"  {kind}'s number of keys: exact LRU {markdown.percent(found['exact_lru'])} %, "
            f"optimum {markdown.percent(found['optimum'])} %",
            flush=True,
        )


def read(options):
    path = options.output.with_name(options.output.name + ".json")
    try:
        report = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise ComparisonError(f"{path.name}: {problem}") from problem
    if not isinstance(report, dict) or report.get("format") != FORMAT or "traces" not in report:
        raise ComparisonError(f"{path.name} is no report of this version of tools/hitratio")
    return report


def finish(report, options):
    options.output.with_name(options.output.name + ".md").write_text(markdown.full(report), "utf-8")
    if options.readme:
        readme = ROOT / "README.md"
        text = put_between_markers(readme.read_text("utf-8"), markdown.brief(report), "hitratio")
        readme.write_text(text, "utf-8")
    if any(name.startswith("needletail ") for name in markdown.server_names(report)):
        print("\n" + markdown.differences(report))
    for line in markdown.problems(report):
        print(line)
    print(f"\nwritten: {options.output.name}.json and .md", flush=True)
