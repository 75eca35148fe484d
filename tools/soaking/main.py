"""The command line of tools/soak: runs checks, prints one line for each."""

import argparse
import contextlib
import json
import pathlib
import signal
import sys
import time
import traceback

from comparison import machine
from comparison.options import ROOT, executable, numbers
from comparison.progress import Progress
from comparison.servers import ComparisonError

from . import registry
from .soak import Soak, load_average

RELEASE = ROOT / ".build/release"

DESCRIPTION = """soak: what a cache promises over time, each promise as one check that prints its figures with their
limits and PASS or FAIL. Every check takes less than three minutes. The exit code is 1 if one of them failed.
"""

EPILOG = """The server has the first processors and the load the last, disjoint if there are enough of them. Latencies mean
something on an otherwise idle machine; the load average stands beside the figures.
"""


def parse(arguments=None):
    parser = argparse.ArgumentParser(
        prog="tools/soak", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="name", help="checks to run, default all of them")
    parser.add_argument("--list", action="store_true", help="show the checks")
    parser.add_argument("--threads", type=numbers, default=[1], help="the server's threads, default 1; 1,2: both")
    parser.add_argument("--seconds", type=float, help="how long each check watches, instead of what is usual for it")
    parser.add_argument("--scale", type=float, default=1, help="this part of the usual numbers of keys, default 1")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--needletail", default=str(RELEASE / "needletail"), help="the server's executable")
    parser.add_argument("--bench", default=str(RELEASE / "needletail-bench"), help="needletail-bench's executable")
    options = parser.parse_args(arguments)
    known = registry.load()
    for name in options.names:
        if name not in known:
            parser.error(f"no check is called {name!r}; there are {', '.join(known)}")
    if options.scale <= 0 or (options.seconds is not None and options.seconds <= 0):
        parser.error("--scale and --seconds are more than 0")
    options.checks = [known[name] for name in options.names or known]
    return options


def main(arguments=None):
    # A signal to end takes the servers along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = parse(arguments)
    if options.list:
        width = max(len(check.name) for check in options.checks)
        for check in options.checks:
            print(f"{check.name:<{width}}  {check.description}")
        return
    try:
        options.needletail, options.bench = executable(options.needletail), executable(options.bench)
        sys.exit(0 if run_all(options) else 1)
    except ComparisonError as problem:
        sys.exit(f"soak: {problem}; tools/run --help and CONTRIBUTING.md say how to build")
    except KeyboardInterrupt:
        sys.exit("soak: interrupted")


def run_all(options):
    report = machine.describe(ROOT) | {"checks": []}
    options.progress = Progress(registry.LIMIT_SECONDS * len(options.checks))
    for check in options.checks:
        for threads in options.threads:
            if check.threads is not None and threads not in check.threads:
                continue
            report["checks"].append(run(check, threads, options))
            # Written after each: what has been measured is kept, whatever comes.
            if options.json:
                options.json.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    failed = [one["name"] for one in report["checks"] if not one["passed"]]
    print(f"{len(report['checks']) - len(failed)} passed, {len(failed)} failed")
    return not failed


def run(check, threads, options):
    """One check: its record."""
    load, start = load_average(), time.monotonic()
    figures, problem = [], None

    def too_long(*_):
        raise ComparisonError(f"took longer than {registry.LIMIT_SECONDS} s")

    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(registry.LIMIT_SECONDS)
    try:
        with contextlib.ExitStack() as stack:
            soak = Soak(options, threads, stack)
            soak.say(check.name)
            for figure in check.body(soak):
                figures.append(figure)
                soak.say(f"{check.name}: {figure}")
            # Stopping is no part of the promise.
            signal.alarm(0)
    except ComparisonError as error:
        problem = str(error)
    except (OSError, KeyError, ValueError, TypeError, ZeroDivisionError) as error:
        problem = "".join(traceback.format_exception_only(error)).strip()
    finally:
        signal.alarm(0)
    record = {
        "name": check.name,
        "threads": threads,
        "passed": problem is None and bool(figures) and all(figure.is_kept for figure in figures),
        "seconds": round(time.monotonic() - start, 1),
        "load_average_before": round(load, 2),
        "figures": [figure.record() for figure in figures],
    }
    record |= {"problem": problem} if problem else {}
    options.progress.clear()
    print(line(record, figures), flush=True)
    return record


def line(record, figures):
    words = [str(figure) for figure in figures] + ([record["problem"]] if "problem" in record else [])
    verdict = "PASS" if record["passed"] else "FAIL"
    of = "" if record["threads"] == 1 else f" ({record['threads']} threads)"
    return f"{verdict} {record['name']}{of}: {'; '.join(words) or 'no figures'} [{record['seconds']:.0f} s]"
