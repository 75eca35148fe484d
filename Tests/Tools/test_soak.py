"""tools/soak: figures and their limits, the list of checks, the command line, and what a run leaves behind."""

import io
import json
import subprocess

import pytest
from comparison.progress import Progress
from comparison.servers import ComparisonError
from conftest import ROOT
from soaking import main, registry
from soaking.registry import Check, Figure


def test_a_figure_without_a_limit_is_only_shown():
    figure = Figure("keys", 12345)
    assert figure.is_kept and str(figure) == "keys 12345"


def test_limits_count_themselves_in():
    assert Figure("lag", 1.0, "s", at_most=1).is_kept
    assert not Figure("lag", 1.01, "s", at_most=1).is_kept
    assert Figure("gone", 99.9, "%", at_least=99.9).is_kept
    assert not Figure("gone", 99.8, "%", at_least=99.9).is_kept
    assert str(Figure("gone", 99.8, "%", at_least=99.9)) == "gone 99.8 % (≥ 99.9) !"


def test_what_is_no_number_keeps_no_limit():
    assert not Figure("lag", float("nan"), at_most=1).is_kept


def test_every_check_has_a_line_of_description():
    checks = registry.load()
    assert "growth" in checks and list(checks) == sorted(checks)
    for check in checks.values():
        assert check.description and len(check.description) < 120 and "\n" not in check.description


def options(tmp_path, **changes):
    parsed = main.parse(["--json", str(tmp_path / "soak.json"), "--scale", "0.001"])
    parsed.progress = Progress(1, io.StringIO())
    for name, value in changes.items():
        setattr(parsed, name, value)
    return parsed


def test_a_check_that_fails_makes_the_run_fail(tmp_path, capsys):
    def body(soak):
        yield Figure("lag", 3.0, "s", at_most=1)

    def broken(soak):
        yield Figure("keys", soak.count(1000))
        raise ComparisonError("it is gone")

    def empty(soak):
        yield from ()

    checks = [Check("slow", "", body), Check("broken", "", broken), Check("empty", "", empty)]
    assert not main.run_all(options(tmp_path, checks=checks, threads=[1]))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("FAIL slow: lag 3 s (≤ 1) !")
    assert lines[1].startswith("FAIL broken: keys 1; it is gone")
    assert lines[2].startswith("FAIL empty: no figures")
    assert lines[3] == "0 passed, 3 failed"
    records = json.loads((tmp_path / "soak.json").read_text("utf-8"))["checks"]
    assert [record["passed"] for record in records] == [False, False, False]
    assert records[1]["problem"] == "it is gone"


def test_numbers_of_threads_that_mean_nothing_are_left_out(tmp_path):
    def body(soak):
        yield Figure("threads", soak.threads, at_least=1)

    checks = [Check("any", "", body), Check("one", "", body, threads=(1,))]
    assert main.run_all(options(tmp_path, checks=checks, threads=[1, 2]))
    records = json.loads((tmp_path / "soak.json").read_text("utf-8"))["checks"]
    assert [(record["name"], record["threads"]) for record in records] == [("any", 1), ("any", 2), ("one", 1)]


def test_the_command_line(tmp_path):
    assert [check.name for check in main.parse(["growth"]).checks] == ["growth"]
    for line in (["nothing"], ["--scale", "0"], ["--seconds", "-1"]):
        with pytest.raises(SystemExit):
            main.parse(line)
    done = subprocess.run([str(ROOT / "tools/soak"), "--list"], capture_output=True, text=True, check=True)
    assert "growth" in done.stdout


@pytest.mark.skipif(not (main.RELEASE / "needletail-bench").exists(), reason="no release build")
def test_a_small_run_with_a_server_and_load(tmp_path):
    done = subprocess.run(
        [str(ROOT / "tools/soak"), "growth", "--scale", "0.001", "--json", str(tmp_path / "soak.json")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    record = json.loads((tmp_path / "soak.json").read_text("utf-8"))["checks"][0]
    assert record["name"] == "growth" and "problem" not in record, done.stdout + done.stderr
    assert record["figures"][0]["value"] == 20_000
