"""tools/compare itself, as short as it can be; and what the benchmarks' script makes of its figures."""

import importlib.machinery
import importlib.util
import json
import shutil
import subprocess

import pytest
from conftest import ROOT

NEEDLETAIL = ROOT / ".build/release/needletail"
BENCH = ROOT / ".build/release/needletail-bench"


def run(tmp_path, *arguments):
    line = [str(ROOT / "tools/compare"), "--output", str(tmp_path / "out"), "--rounds", "3", "--slice", "0.05"]
    return subprocess.run([*line, *arguments], capture_output=True, text=True, timeout=120)


needs_servers = pytest.mark.skipif(
    not (NEEDLETAIL.exists() and BENCH.exists() and shutil.which("redis-server") and shutil.which("taskset")),
    reason="needs the release executables, redis-server and taskset",
)


@needs_servers
def test_a_tiny_comparison(tmp_path):
    matrix = ["--threads", "1,2", "--workloads", "get,rpop", "--pipelines", "16", "--sizes", "16", "--keys", "2000"]
    done = run(tmp_path, *matrix)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", "no progress where nobody watches"
    report = json.loads((tmp_path / "out.json").read_text())
    names = {name for point in report["points"] for name in point["servers"]}
    assert names == {"redis", "needletail 1", "needletail 2", "floor"}
    for point in report["points"]:
        for name, entry in point["servers"].items():
            assert len(entry["throughput"]["rounds"]) == 3 and entry["cpu_us"]["median"] > 0
            assert ("ratios" in entry) == (name != "redis")
    assert report["memory"][0]["servers"]["redis"] > 16 and report["memory"][0]["keys"] == 2000
    assert report["versions"]["redis"].count(".") == 2
    assert (tmp_path / "out.svg").exists() and "GET, P16" in (tmp_path / "out.md").read_text()
    lacking = {one["server"] for one in report["skipped"]}
    assert lacking <= {"needletail 1", "needletail 2"}, report["skipped"]


@needs_servers
def test_a_server_that_does_not_start_is_said(tmp_path):
    done = run(tmp_path, "--peer", "broken=sh -c 'echo out of luck; exit 3' PORT", "--workloads", "get", "--no-floor")
    assert done.returncode == 1 and "broken ended with 3: out of luck" in done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "out.json").exists()


@needs_servers
def test_a_command_that_fails_leaves_the_others_in(tmp_path):
    renamed = "peer=redis-server --port PORT --save '' --rename-command MGET ''"
    peers = ["--peer", "redis=redis-server --port PORT --save ''", "--peer", renamed]
    matrix = ["--threads", "1", "--workloads", "mget", "--sizes", "16", "--keys", "1000", "--pipelines", "16"]
    done = run(tmp_path, *peers, *matrix, "--no-floor")
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out.json").read_text())
    assert set(report["points"][0]["servers"]) == {"redis", "needletail 1"}
    assert [one["server"] for one in report["skipped"]] == ["peer"]


@pytest.fixture(scope="module")
def benchmarks():
    loader = importlib.machinery.SourceFileLoader("benchmarks_run", str(ROOT / "Benchmarks/run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def test_a_slower_machine_changes_no_ratio(benchmarks):
    fast = {"reference": 100.0, "parse": 50.0}
    slow = {"reference": 300.0, "parse": 150.0, "only here": 1.0}
    assert benchmarks.ratios([fast, slow]) == {"parse": {"ratio": 0.5, "spread": 0.0, "nanoseconds": 100.0}}


def test_one_disturbed_round_is_not_noise(benchmarks):
    rounds = [{"reference": 1.0, "parse": 1.5}] * 4 + [{"reference": 1.0, "parse": 30.0}]
    found = benchmarks.ratios(rounds)["parse"]
    assert benchmarks.judge(found, 1.0, 0.25)[1] == "SLOWER"


@pytest.mark.parametrize(
    "ratio, spread, verdict",
    [(1.2, 0.0, ""), (1.3, 0.0, "SLOWER"), (0.7, 0.0, "FASTER: run with --update"), (1.3, 0.5, "too noisy to tell")],
)
def test_changes_beyond_the_tolerance_are_flagged(benchmarks, ratio, spread, verdict):
    assert benchmarks.judge({"ratio": ratio, "spread": spread}, 1.0, 0.25)[1] == verdict
    assert benchmarks.judge({"ratio": ratio, "spread": spread}, None, 0.25) == (None, "no baseline")


def test_the_tables_of_the_benchmark_tool_are_read(benchmarks, tmp_path):
    path = tmp_path / "Current_run.RoomBenchmarks.table_hit.wallClock.histogram.percentiles.tsv"
    path.write_text("Percentile\tTime (wall clock) (ns) *\n0\t10\n50\t16200\n100\t90\n")
    assert benchmarks.read_round(tmp_path) == {"table hit": 16200.0}


def test_every_baseline_is_a_number(benchmarks):
    stored = json.loads(benchmarks.BASELINES.read_text())
    assert len(stored["ratios"]) > 10 and all(ratio > 0 for ratio in stored["ratios"].values())
