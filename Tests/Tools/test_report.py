"""Table and chart from a report, and their place in the README."""

import json
import platform
import xml.etree.ElementTree as tree

import pytest
from comparison import chart, elements, machine, main, markdown, report as reports
from comparison.servers import ComparisonError


def test_the_table_has_a_dash_and_the_reason_where_a_ratio_is_refused(report):
    lines = markdown.ratio_table(report["points"], "cpu_us").splitlines()
    assert lines[0] == "|  | redis, µs | needletail 1 | needletail 2 | floor |"
    assert lines[2] == "| GET, P16, 16 B | 1000 | 0.46 | — (spread 23 %) | 0.46 |"
    assert lines[3] == "| GET & <SET>, P1, 16 B | 0.500 | 0.46 |  |  |"


def test_the_table_marks_what_the_client_limits_and_shows_thousands(report):
    lines = markdown.ratio_table(report["points"], "throughput").splitlines()
    assert lines[2] == "| GET, P16, 16 B | 1.00 | 2.50 | 1.50† | 2.50 |"


def test_the_full_report_says_everything(report):
    text = markdown.full(report, "chart.svg")
    for words in ("![chart](chart.svg)", "redis 7.0.15", "Some <CPU>", "61.2", "know ZADD", "placement of [1]"):
        assert words in text


def test_measures_that_nobody_has_are_left_out(report):
    for point in report["points"]:
        for entry in point["servers"].values():
            entry["p999_ms"] = {"median": None, "spread": None, "rounds": []}
    text = markdown.full(report, "chart.svg")
    assert markdown.TITLES["p99_ms"] in text and markdown.TITLES["p999_ms"] not in text


def test_the_open_loop_stands_side_by_side(report):
    summary = {"median": 0.25, "spread": 0.1, "rounds": []}
    one = {"threads": [1], "title": "mixed", "kind": "own", "greatest_rate": 1e5, "rate": 5e4, "achieved": summary}
    one |= {measure: summary for measure in ("cpu_us", "p50_ms", "p99_ms", "p999_ms")}
    report["open_loop"] = [one | {"server": "redis"}, one | {"server": "needletail 1", "kind": "common"}]
    lines = markdown.full(report, "x.svg").splitlines()
    row = "| redis (beside needletail 1) | 100000 | 50000 (half of its own) | 0.250 | 0.250 | 0.250 | 0.250 | 0.250 |"
    assert row in lines
    assert any("half of the slowest's" in line for line in lines)


def test_elements_stand_beside_the_first_server(report):
    report["elements"] = [{"shape": "hash", "elements": 10, "servers": {"redis": 100.0, "needletail 1": 75.0}}]
    assert "| hash, 10 elements | 100 | 75.0 (× 0.75) |" in markdown.full(report, "x.svg").splitlines()


def test_every_element_is_written_once():
    for shape in elements.shapes(1000):
        names = [words[1] for words in elements.commands(shape)]
        marks = (b"member:", b"user:")
        written = [word for words in elements.commands(shape) for word in words[2:] if word.startswith(marks)]
        assert len(set(names)) == shape.collections
        assert sorted(set(written)) == sorted(written) and len(written) == shape.elements()


def test_the_chart_is_well_formed_and_escapes(report):
    drawn = tree.fromstring(chart.draw(report))
    texts = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert "GET & <SET>" in texts and "needletail, 2 threads" in texts and "0.46" in texts
    assert "— spread 23 %" in texts
    width, height = float(drawn.get("width")), float(drawn.get("height"))
    for bar in drawn.iter("{http://www.w3.org/2000/svg}rect"):
        if bar.get("x"):
            assert 0 <= float(bar.get("x")) and float(bar.get("x")) + float(bar.get("width")) <= width
            assert 0 <= float(bar.get("y")) and float(bar.get("y")) + float(bar.get("height")) <= height


def test_a_chart_of_nothing_says_so():
    assert "No commands" in chart.draw({"points": []})


def test_a_chart_has_no_more_rows_than_can_be_read(report):
    one = report["points"][0]
    many = [one | {"pipeline": pipeline} for pipeline in range(1, 40)]
    assert len(chart.rows_of(many)) == chart.MOST_ROWS


@pytest.mark.parametrize("most, step", [(1.0, 0.5), (3.9, 1), (0.04, 0.01), (97, 50), (4, 1)])
def test_ticks_are_round_numbers(most, step):
    assert chart.nice_step(most) == pytest.approx(step)


def test_the_readme_keeps_what_stands_around_the_table():
    text = f"before\n{reports.BEGIN}\nold\n{reports.END}\nafter\n"
    once = reports.put_between_markers(text, "new\n")
    assert once == f"before\n{reports.BEGIN}\nnew\n{reports.END}\nafter\n"
    assert reports.put_between_markers(once, "new\n") == once


@pytest.mark.parametrize("text", ["", reports.BEGIN, f"{reports.END}{reports.BEGIN}", reports.BEGIN * 2 + reports.END])
def test_a_readme_without_its_markers_is_left_alone(text):
    with pytest.raises(ComparisonError):
        reports.put_between_markers(text, "new\n")


def test_reports_are_combined_by_parts(report):
    other = json.loads(json.dumps(report)) | {"date": "later", "open_loop": ["x"], "memory": ["y"]}
    found = reports.combined([report, other])
    assert found["open_loop"] == ["x"] and found["memory"] == report["memory"]
    assert found["dates"] == {"open_loop": "later"}


def test_rendering_needs_the_json_only(report, tmp_path, monkeypatch):
    output = tmp_path / "results" / "one"
    reports.write_json(report, output)
    readme = tmp_path / "README.md"
    readme.write_text(f"{reports.BEGIN}{reports.END}")
    monkeypatch.setattr(main.command_line, "ROOT", tmp_path)
    main.main(["--render", str(output) + ".json", "--output", str(output), "--readme"])
    assert output.with_name("one.svg").read_text().startswith("<svg")
    assert "results/one.svg" in readme.read_text() and "| GET, P16, 16 B |" in readme.read_text()


@pytest.mark.parametrize("content", ["", "[]", '{"format": 99}'])
def test_a_file_that_is_no_report_is_refused(content, tmp_path):
    path = tmp_path / "wrong.json"
    path.write_text(content)
    with pytest.raises(ComparisonError, match="wrong.json"):
        reports.read(path)


def test_the_machine_is_described_without_names_of_hosts_and_folders(tmp_path):
    text = json.dumps(machine.describe(tmp_path))
    assert platform.node() == "" or f'"{platform.node()}"' not in text
    assert "/" not in text.replace(machine.processor_model(), "") and '"commit": null' in text


def test_what_was_measured_is_kept_when_a_server_dies(report, tmp_path, monkeypatch):
    def measure_and_fail(options, load, floor, unfinished):
        unfinished["points"] += report["points"]
        raise ComparisonError("peer died with -9")

    monkeypatch.setattr(main, "measure_matrix", measure_and_fail)
    output = tmp_path / "out"
    tools = ["--needletail", "sh", "--bench", "sh", "--peer", "peer=sh PORT", "--no-floor", "--readme"]
    with pytest.raises(SystemExit, match="peer died with -9"):
        main.main([*tools, "--output", str(output)])
    assert reports.read(output.with_name("out.json"))["incomplete"] == "peer died with -9"
    assert "**Incomplete**: peer died" in output.with_name("out.md").read_text()
