"""The command line of tools/compare."""

import argparse
import pathlib
import shutil

from . import workloads
from .servers import ComparisonError, needletail_line, peer_line, redis_line

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RELEASE = ROOT / ".build/release"

DESCRIPTION = """compare: Needletail beside its peers, all on this machine in one run.

Every point of the matrix is a row of short slices that alternate between the servers, round after round; what counts
is the median over the rounds of the ratios within a round. Printed are throughput, the servers' processor time per
command, latencies, and resident memory per key; a ratio whose spread makes it meaningless is replaced by a dash with
the reason. The outcome is written as JSON, as Markdown and as a chart. Without a choice the matrix takes less than a
quarter of an hour; --pipelines, --workloads and --sizes choose, and what they choose is measured whole.
"""

EPILOG = """With as many processors as threads of servers and clients together both sides are pinned apart. Where there
are fewer, the server has all of them and the client keeps to the last: free to move, both flip between two placements
of the scheduler. Figures mean something on an otherwise idle machine.
"""


def numbers(text):
    try:
        found = [int(word) for word in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of numbers like 1,16,100") from None
    if not found or min(found) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: numbers begin at 1")
    return found


def names(text):
    found = text.lower().split(",")
    unknown = [name for name in found if name not in workloads.ALL]
    if unknown:
        raise argparse.ArgumentTypeError(f"no workload {unknown[0]!r}; there are {', '.join(workloads.ALL)}")
    return found


def make_parser():
    parser = argparse.ArgumentParser(
        prog="tools/compare",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    matrix = parser.add_argument_group("what is measured")
    matrix.add_argument("--threads", type=numbers, default=[1, 2, 8], help="Needletail's threads, default 1,2,8")
    matrix.add_argument("--pipelines", type=numbers, help="commands in flight a connection, default 1,16,100")
    matrix.add_argument("--workloads", type=names, help=f"of {', '.join(workloads.ALL)}")
    matrix.add_argument("--sizes", type=numbers, help="bytes a value, default 16,256,4096")
    matrix.add_argument("--no-matrix", dest="matrix", action="store_false", help="only what --open-loop asks for")
    matrix.add_argument("--open-loop", action="store_true", help="also latency at half of the greatest rate")
    matrix.add_argument("--open-loop-seconds", type=float, default=5, help="of each open-loop run, default 5")
    matrix.add_argument("--memory", action="store_true", help="only memory per key, of many keys; --sizes chooses")
    matrix.add_argument("--elements", action="store_true", help="only memory per element of collections")
    matrix.add_argument("--element-count", type=int, default=1_000_000, help="for --elements, default 1000000")
    matrix.add_argument("--memory-keys", type=int, default=2_000_000, help="keys for --memory, default 2000000")
    matrix.add_argument("--memory-bytes", type=int, default=1 << 30, help="of values for --memory, default 1 GiB")
    depth = parser.add_argument_group("how thoroughly")
    depth.add_argument("--rounds", type=int, default=7, help="rounds a point, default 7; the median counts")
    depth.add_argument("--slice", type=float, default=0.35, help="seconds of a slice, default 0.35")
    depth.add_argument("--keys", type=int, default=1_000_000, help="keys at most, default 1000000")
    depth.add_argument("--quick", action="store_true", help="GET, SET and the mixture, 3 rounds, fewer keys")
    servers = parser.add_argument_group("with whom")
    servers.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=COMMAND",
        help="a server to compare with, PORT in its command replaced; repeatable; the first is the baseline "
        "(default: redis=redis-server on the path)",
    )
    servers.add_argument("--needletail", default=str(RELEASE / "needletail"), help="the executable to measure")
    servers.add_argument("--no-floor", action="store_true", help="without the raw epoll floor (tools/floor.c)")
    servers.add_argument("--client", choices=["needletail-bench", "redis-benchmark"], default="needletail-bench")
    servers.add_argument("--bench", default=str(RELEASE / "needletail-bench"), help="needletail-bench's executable")
    servers.add_argument("--connections", type=int, default=50, help="default 50")
    servers.add_argument("--client-threads", type=int, default=1, help="default 1")
    report = parser.add_argument_group("the report")
    report.add_argument(
        "--output",
        type=pathlib.Path,
        help="path without ending, for .json, .md and .svg; default results/comparison, "
        "with --memory results/memory, with --elements results/elements, with --no-matrix results/open-loop",
    )
    report.add_argument(
        "--render",
        nargs="*",
        type=pathlib.Path,
        metavar="JSON",
        help="measure nothing: table and chart again from JSON files, later ones filling in what earlier ones lack",
    )
    report.add_argument("--readme", action="store_true", help="put the table between the markers of README.md")
    return parser


def parse(arguments=None):
    parser = make_parser()
    options = parser.parse_args(arguments)
    counts = ("rounds", "keys", "connections", "client_threads", "memory_keys", "element_count")
    for name in (*counts, "slice", "open_loop_seconds"):
        if getattr(options, name) <= 0:
            parser.error(f"--{name.replace('_', '-')} is more than 0")
    if options.quick:
        options.rounds, options.keys = min(options.rounds, 3), min(options.keys, 100_000)
        options.workloads = options.workloads or ["get", "set", "mixed"]
        options.sizes = options.sizes or [16]
        options.memory_keys = min(options.memory_keys, 200_000)
        options.element_count = min(options.element_count, 100_000)
    if not options.matrix and not options.open_loop:
        parser.error("--no-matrix leaves nothing but --open-loop")
    options.output = (options.output or ROOT / "results" / output_name(options)).absolute()
    options.needletail_line = lambda threads: needletail_line(options.needletail, threads)
    if options.render is None:
        options.peers = peers(options)
    return options


def output_name(options):
    if options.elements:
        return "elements"
    if options.memory:
        return "memory"
    return "comparison" if options.matrix else "open-loop"


def peers(options):
    found = [peer_line(text) for text in options.peer]
    if not found:
        path = shutil.which("redis-server")
        if path is None:
            raise ComparisonError("no redis-server on the path (Debian: redis-server), and no --peer is given")
        found = [("redis", redis_line(path))]
    taken = [name for name, _ in found]
    if len(set(taken)) < len(taken) or any(name == "floor" or name.startswith("needletail ") for name in taken):
        raise ComparisonError("every peer needs a name of its own")
    options.needletail = executable(options.needletail)
    return [(name, [executable(line[0]), *line[1:]]) for name, line in found]


def executable(tool):
    """The whole path: servers are started in folders of their own."""
    found = shutil.which(tool)
    if found is None:
        raise ComparisonError(f"{tool} is missing")
    return str(pathlib.Path(found).absolute())
