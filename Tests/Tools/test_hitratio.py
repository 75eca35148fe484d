"""tools/hitratio: its command line, its tables, and a run against redis-server where that is there."""

import json
import pathlib
import shutil

import pytest
from comparison.servers import ComparisonError
from hitratios import main, markdown, options as command_line, replays, traces

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCH = ROOT / ".build/release/needletail-bench"


def entry(ratio, **others):
    return {
        "hit_ratio": ratio,
        "rounds": [ratio],
        "byte_hit_ratio": ratio,
        "keys_held": 40_000.0,
        "entry_bytes": 400.0,
        "evicted": 5,
        "errors": 0,
        "first_error": None,
        "over_bytes": 0,
        "seconds": 40.0,
        "turnover_seconds": 2.5,
        "version": "1",
    } | others


@pytest.fixture
def hitratio_report(report):
    bound = {"unit": "keys", "keys": 40_000, "exact_lru": 0.6, "optimum": 0.75}
    servers = {
        "redis allkeys-lru": entry(0.59),
        "redis allkeys-lfu": entry(0.63),
        "needletail allkeys-lru": entry(0.61),
        "needletail allkeys-s3fifo": entry(0.65, keys_held=50_000.0),
    }
    trace = {
        "name": "zipf",
        "title": "zipf 0.9",
        "requests": 2_000_000,
        "keys": 300_000,
        "footprint_bytes": 100 << 20,
        "share": 10,
        "budget_bytes": 10 << 20,
        "unlimited": 0.83,
        "servers": servers,
        "bounds": {"redis": bound, "needletail": bound | {"unit": "bytes", "exact_lru": 0.62}},
    }
    settings = {"rate": 50_000.0, "window": 64, "rounds": 1, "threads": 2, "equal_keys": False}
    return {
        **{name: report[name] for name in ("format", "date", "commit", "machine", "versions")},
        "settings": settings,
        "traces": [trace],
        "skipped": [{"server": "needletail allkeys-lfu", "reason": "maxmemory-policy: ERR"}],
    }


def test_the_best_policy_stands_out_and_approximations_are_marked(hitratio_report):
    lines = markdown.ratios(hitratio_report).splitlines()
    assert lines[0].startswith("| hit ratio, % | Redis lru | Redis lfu | Needletail lru | Needletail s3fifo |")
    assert lines[2] == "| zipf 0.9 | 59.00 | 63.00 | 61.00 | **65.00** | 60.00 | 75.00 | ≈ 62.00 | ≈ 75.00 |"


def test_policies_stand_beside_their_like_or_the_best(hitratio_report):
    lines = markdown.differences(hitratio_report).splitlines()
    assert "Needletail lru − Redis lru | Needletail s3fifo − the best of Redis" in lines[0]
    assert lines[2] == "| zipf 0.9 | +2.00 | +2.00 |"


def test_what_a_policy_does_alone(hitratio_report):
    lines = markdown.at_equal_keys(hitratio_report).splitlines()
    assert lines[2] == "| zipf 0.9 | -1.00 | +3.00 | -1.00 | +3.00 |"


def test_the_full_report_says_everything(hitratio_report):
    hitratio_report["traces"][0]["servers"]["redis allkeys-lru"] |= {"errors": 3, "first_error": "OOM", "over_bytes": 9 << 20}
    text = markdown.full(hitratio_report)
    for words in ("allkeys-lfu is left out", "3 errors, OOM", "over maxmemory", "10.0 MiB (10 %)", "2.5–2.5 s", "Some <CPU>"):
        assert words in text


def test_a_server_that_lacks_a_trace_has_a_dash(hitratio_report):
    other = hitratio_report["traces"][0] | {"title": "loop", "servers": {"redis allkeys-lru": entry(0.0)}}
    hitratio_report["traces"].append(other)
    assert markdown.ratios(hitratio_report).splitlines()[3].startswith("| loop | **0.00** | — | — | — |")
    assert markdown.differences(hitratio_report).splitlines()[3] == "| loop | — | — |"


def test_rounds_become_medians():
    one = {
        "hit_ratio": 0.5, "byte_hit_ratio": 0.5, "keys_held": 10.0, "entry_bytes": 4.0, "evicted": 1, "errors": 0,
        "over": 0, "seconds": 2.0, "stored": 5, "version": "1",
    }  # fmt: skip
    found = replays.summary([one, one | {"hit_ratio": 0.7, "errors": 2, "first_error": "OOM"}, one | {"hit_ratio": 0.6}])
    assert found["hit_ratio"] == 0.6 and found["rounds"] == [0.5, 0.7, 0.6]
    assert found["turnover_seconds"] == 4.0 and found["errors"] == 2 and found["first_error"] == "OOM"


def test_arguments_of_a_trace():
    words = traces.ALL["zipf-0.9"].arguments(1000, 0.1, 7)
    assert words[:6] == ["--make", "zipf:0.9", "--keyspace", "50000", "--requests", "1000"] and "7" in words
    assert traces.from_file(pathlib.Path("/x/trace.csv"), 10).arguments(1, 1, 1) == ["--trace", "/x/trace.csv"]


@pytest.mark.parametrize("line", ["--traces nosuch", "--requests 0", "--rate 0", "--share 101", "--threads 0"])
def test_wrong_command_lines(line):
    with pytest.raises(SystemExit):
        command_line.parse(line.split())


def test_a_report_of_another_kind_is_refused(tmp_path):
    (tmp_path / "hitratio.json").write_text('{"format": 1}', "utf-8")
    with pytest.raises(SystemExit) as problem:
        main.main(["--render", "--output", str(tmp_path / "hitratio")])
    assert "no report" in str(problem.value)


@pytest.mark.skipif(not BENCH.exists() or shutil.which("redis-server") is None, reason="nothing to run")
def test_a_small_run(tmp_path):
    """Redis alone, with a policy that it lacks: what is there is measured, and the rest is said."""
    line = "--traces zipf-0.9,sizes --requests 500000 --quick --rate 200000 --policies".split()
    line += ["", "--redis-policies", "allkeys-lru,allkeys-s3fifo", "--output", str(tmp_path / "out/hitratio")]
    main.main(line)
    report = json.loads((tmp_path / "out/hitratio.json").read_text("utf-8"))
    assert [trace["name"] for trace in report["traces"]] == ["zipf-0.9", "sizes"]
    for trace in report["traces"]:
        found = trace["servers"]["redis allkeys-lru"]
        assert 0 < found["hit_ratio"] < trace["bounds"]["redis"]["optimum"] + 0.05 and found["errors"] == 0
        assert found["evicted"] > 0
    assert report["traces"][1]["bounds"]["redis"]["unit"] == "bytes"
    assert report["skipped"][0]["server"] == "redis allkeys-s3fifo"
    assert "≈" in (tmp_path / "out/hitratio.md").read_text("utf-8")


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(ComparisonError):
        command_line.parse(["--trace", str(tmp_path / "none")])
