"""The tools as modules, and a report to render."""

import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools"))


def entry(value, ratios=None, client_load=0.5):
    summary = {"median": value, "spread": 0.02, "rounds": [value] * 3}
    found = {measure: summary for measure in ("throughput", "cpu_us", "p50_ms", "p99_ms", "p999_ms")}
    found["client_load"] = client_load
    return found if ratios is None else found | {"ratios": ratios}


def point(threads, servers, workload="get", title="GET", pipeline=16, size=16):
    return {
        "threads": threads,
        "placement": f"placement of {threads}",
        "workload": workload,
        "title": title,
        "pipeline": pipeline,
        "size": size,
        "keys": 1000,
        "baseline": "redis",
        "servers": servers,
    }


@pytest.fixture
def report():
    good = {"cpu_us": {"value": 0.46, "spread": 0.02}, "throughput": {"value": 2.5, "spread": 0.1}}
    refused = {
        "cpu_us": {"value": None, "spread": 0.23, "reason": "spread 23 %"},
        "throughput": {"value": 1.5, "spread": 0.1, "client_limited": True},
    }
    return {
        "format": 1,
        "date": "2026-01-02 03:04 UTC",
        "commit": "0123456789ab",
        "machine": {"cores": 2, "model": "Some <CPU>", "architecture": "x", "memory_gib": 1, "kernel": "6.1"},
        "versions": {"redis": "7.0.15"},
        "settings": {
            "client": "needletail-bench",
            "connections": 50,
            "client_threads": 1,
            "rounds": 7,
            "slice_seconds": 0.35,
        },
        "points": [
            point([1], {"redis": entry(1000.0), "needletail 1": entry(500.0, good), "floor": entry(300.0, good)}),
            point([2], {"redis": entry(1000.0), "needletail 2": entry(500.0, refused)}),
            point([1], {"redis": entry(0.5), "needletail 1": entry(0.2, good)}, "mixed", "GET & <SET>", 1),
        ],
        "memory": [{"threads": [1], "size": 16, "keys": 1000, "servers": {"redis": 123.4, "needletail 1": 61.2}}],
        "open_loop": [],
        "skipped": [{"server": "needletail 1", "workload": "ZADD", "reason": "the server does not know ZADD"}],
    }
