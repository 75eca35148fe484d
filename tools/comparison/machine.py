"""What a report says about the machine and the versions: nothing that names a host, a user or a folder."""

import datetime
import os
import pathlib
import platform
import re
import subprocess


def processor_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def memory_gibibytes():
    kibibytes = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text("utf-8")).group(1))
    return round(kibibytes / (1 << 20), 1)


def commit(root):
    """The commit the tree stands at, with a plus where files differ from it; None outside of a repository."""

    def git(*arguments):
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else None

    head = git("rev-parse", "--short=12", "HEAD")
    changed = git("status", "--porcelain", "--untracked-files=no", "--", "Sources", "Package.swift")
    return head + ("+" if changed else "") if head else None


def describe(root):
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit(root),
        "machine": {
            "cores": os.cpu_count() or 1,
            "model": processor_model(),
            "architecture": platform.machine(),
            "memory_gib": memory_gibibytes(),
            "kernel": platform.release(),
        },
    }
