"""The report: one dictionary, kept as JSON, from which Markdown and chart are made at any time."""

import json

from . import chart, markdown
from .servers import ComparisonError

FORMAT = 1


def markers(name):
    """What stands before and behind the table of that name in the README."""
    return f"<!-- {name}: begin -->", f"<!-- {name}: end -->"


BEGIN, END = markers("comparison")


def empty(description, options):
    return {
        "format": FORMAT,
        **description,
        "versions": {},
        "settings": {
            "client": options.client,
            "connections": options.connections,
            "client_threads": options.client_threads,
            "rounds": options.rounds,
            "slice_seconds": options.slice,
        },
        "points": [],
        "memory": [],
        "elements": [],
        "open_loop": [],
        "skipped": [],
    }


def read(path):
    try:
        report = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise ComparisonError(f"{path.name}: {problem}") from problem
    if not isinstance(report, dict) or report.get("format") != FORMAT:
        raise ComparisonError(f"{path.name} is no report of this version of tools/compare")
    return report


def combined(reports):
    """The first report with the parts that it lacks taken from the others.

    Parts of different runs are never mixed within a table: a ratio holds within one run only.
    """
    result = dict(reports[0]) | {"dates": {}}
    for other in reports[1:]:
        for part in ("points", "memory", "elements", "open_loop", "skipped"):
            if not result.get(part) and other.get(part):
                result[part] = other[part]
                result["dates"][part] = other["date"]
    return result


def write_json(report, output):
    output.parent.mkdir(parents=True, exist_ok=True)
    output.with_name(output.name + ".json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")


def render(report, output):
    """Markdown and chart beside the JSON."""
    output.parent.mkdir(parents=True, exist_ok=True)
    picture = output.with_name(output.name + ".svg")
    picture.write_text(chart.draw(report), "utf-8")
    output.with_name(output.name + ".md").write_text(markdown.full(report, picture.name), "utf-8")


def put_between_markers(text, table, name="comparison"):
    """The README's text with the table of that name in its place."""
    begin, end = markers(name)
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ComparisonError(f"README.md needs one {begin} and one {end} behind it")
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    return f"{before}{begin}\n{table}{end}{after}"


def update_readme(report, output, readme):
    picture = output.with_name(output.name + ".svg")
    try:
        place = picture.relative_to(readme.parent).as_posix()
    except ValueError as problem:
        raise ComparisonError("--readme needs an --output inside the repository") from problem
    readme.write_text(put_between_markers(readme.read_text("utf-8"), markdown.brief(report, place)), "utf-8")
