"""The command line of tools/oracle."""

import argparse
import sys
import time

from .generator import FAMILIES
from .run import Run

TEXT = """Random commands of every group on few keys, the same stream to Needletail and to redis-server 7.0: every
reply is compared, and every key with its type, encoding, content and time to live, now and then and at the end. A run
consists of epochs of 20,000 commands, each from empty servers with thresholds of encodings of its own; the seed and the
number of an epoch bring it again. What replies may leave open (order, chance, cursors) is judged by
Tests/Wire/randomised/judge.py. NEEDLETAIL and ORACLE in the environment choose the executables."""


def main():
    parser = argparse.ArgumentParser(prog="tools/oracle", description=TEXT)
    parser.add_argument("--seed", default="1", help="any text (1)")
    parser.add_argument("--seconds", type=float, help="how long (60, unless --commands or --epoch is given)")
    parser.add_argument("--commands", type=int, help="how many commands")
    parser.add_argument("--threads", default="1,8", help="threads of Needletail, one run for each (1,8)")
    parser.add_argument("--epoch", type=int, help="only this epoch")
    parser.add_argument("--families", help=f"only some of {','.join(FAMILIES)},waiting")
    parser.add_argument("--differences", type=int, default=1, help="go on until so many are found (1)")
    parser.add_argument("--shrink", type=float, default=60, help="seconds to look for a short history (60)")
    options = parser.parse_args()
    seconds = options.seconds
    if seconds is None and options.commands is None and options.epoch is None:
        seconds = 60
    families = options.families.split(",") if options.families else None
    failed = False
    for threads in map(int, options.threads.split(",")):
        run = Run(options.seed, threads, families, options.shrink, note=lambda text: print(text + "\n", flush=True))
        started = time.monotonic()
        report = run.play(
            seconds,
            options.commands,
            options.epoch or 0,
            1 if options.epoch is not None else None,
            options.differences,
        )
        took = time.monotonic() - started
        print(
            f"seed {options.seed}, {threads} threads: {report.commands} commands in {took:.0f} s "
            f"({report.commands / took:.0f} a second), {len(report.differences)} differences",
            flush=True,
        )
        failed = failed or bool(report.differences)
    sys.exit(1 if failed else 0)
