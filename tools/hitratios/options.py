"""The command line of tools/hitratio."""

import argparse
import pathlib

from comparison.options import RELEASE, ROOT, executable
from comparison.servers import ComparisonError

from . import traces

DESCRIPTION = """hitratio: what caches of the same memory hit, policy by policy.

Each trace is replayed as a look-aside cache over the wire (GET, and on a miss SET) against redis-server and
Needletail, a fresh server for each policy, all side by side at the same pace. Every server may use the same number of
bytes beyond what it uses empty: --share percent of what all keys of the trace take in redis-server. Beside the hit
ratios stand two bounds, computed for the number of keys that each server held: exact LRU, and the optimum that knows
the future (Belady's).
"""

EPILOG = """redis-server's clock of LRU ticks once a second: a replay must last many ticks, and the cache must take
some to turn over, or what is measured is the clock. Hence the pace, --rate: it is the same for all servers, and the
report says how long the caches took to turn over. LFU decays by the minute, as it does by default on both sides.
"""

REDIS_POLICIES = ["allkeys-lru", "allkeys-lfu"]
NEEDLETAIL_POLICIES = ["allkeys-lru", "allkeys-lfu", "allkeys-random", "allkeys-s3fifo"]


def words(text):
    return [word for word in text.split(",") if word]


def trace_names(text):
    found = words(text)
    unknown = [name for name in found if name not in traces.ALL]
    if unknown:
        raise argparse.ArgumentTypeError(f"no trace {unknown[0]!r}; there are {', '.join(traces.ALL)}")
    return found


def make_parser():
    parser = argparse.ArgumentParser(
        prog="tools/hitratio",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_argument_group("what is replayed")
    what.add_argument("--traces", type=trace_names, help=f"of {', '.join(traces.ALL)}; the last two only if named")
    what.add_argument(
        "--trace",
        type=pathlib.Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a file of lines time,key,size instead; repeatable",
    )
    what.add_argument("--requests", type=int, default=2_000_000, help="of a made trace, default 2000000")
    what.add_argument("--share", type=float, help="budget in percent of all keys' memory; default 10, one-hit 5")
    what.add_argument("--rounds", type=int, default=1, help="each with other random numbers; the median counts")
    what.add_argument("--rate", type=float, default=50_000, help="requests a second of each server, default 50000")
    what.add_argument("--window", type=int, default=64, help="requests asked for together, default 64")
    what.add_argument("--quick", action="store_true", help="a tenth of keys and requests: about a minute")
    servers = parser.add_argument_group("with whom")
    servers.add_argument("--policies", type=words, default=NEEDLETAIL_POLICIES, help="Needletail's, volatile-* too")
    servers.add_argument("--redis-policies", type=words, default=REDIS_POLICIES, help="redis-server's")
    servers.add_argument("--threads", type=int, default=2, help="Needletail's threads, default 2")
    servers.add_argument("--equal-keys", action="store_true", help="let Needletail hold as many keys as redis-server")
    servers.add_argument("--needletail", default=str(RELEASE / "needletail"), help="the executable to measure")
    servers.add_argument("--redis", default="redis-server", help="the executable to compare with")
    servers.add_argument("--bench", default=str(RELEASE / "needletail-bench"), help="needletail-bench's executable")
    report = parser.add_argument_group("the report")
    report.add_argument(
        "--output", type=pathlib.Path, help="path without ending, for .json and .md; default results/hitratio"
    )
    report.add_argument("--render", action="store_true", help="measure nothing: the tables again from the JSON")
    report.add_argument("--readme", action="store_true", help="put the table between the markers of README.md")
    return parser


def parse(arguments=None):
    parser = make_parser()
    options = parser.parse_args(arguments)
    for name in ("requests", "rounds", "rate", "window", "threads"):
        if getattr(options, name) <= 0:
            parser.error(f"--{name} is more than 0")
    if options.share is not None and not 0 < options.share <= 100:
        parser.error("--share is more than 0 and at most 100")
    options.scale = 0.1 if options.quick else 1.0
    options.requests = max(1, int(options.requests * options.scale))
    options.output = (options.output or ROOT / "results/hitratio").absolute()
    if not options.render:
        options.chosen = choose(options)
        options.bench, options.redis = executable(options.bench), executable(options.redis)
        if options.policies:
            options.needletail = executable(options.needletail)
    return options


def choose(options):
    for path in options.trace:
        if not path.is_file():
            raise ComparisonError(f"{path} is no file")
    chosen = [traces.from_file(path, 10) for path in options.trace]
    if options.traces or not chosen:
        chosen += [traces.ALL[name] for name in options.traces or [trace.name for trace in traces.STANDARD]]
    return chosen
