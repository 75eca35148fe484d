"""The report as Markdown: everything, and the part that the README shows."""

TITLES = {
    "cpu_us": "Server CPU per command",
    "throughput": "Throughput",
    "p50_ms": "Median latency",
    "p99_ms": "p99 latency",
    "p999_ms": "p99.9 latency",
}
UNITS = {"cpu_us": "µs", "throughput": "1000/s", "p50_ms": "ms", "p99_ms": "ms", "p999_ms": "ms"}
LIMITED = "†"
REFUSED = "—"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def number(value):
    """Three significant digits, without an exponent."""
    if value is None:
        return REFUSED
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def scaled(measure, value):
    """Rates are shown in thousands."""
    return value / 1000 if value is not None and measure == "throughput" else value


def ratio(found):
    """A ratio with its mark, or a dash with the reason why there is none."""
    if not found:
        return ""
    if found.get("value") is None:
        return f"{REFUSED} ({found.get('reason', 'no figure')})"
    return f"{found['value']:.2f}" + (LIMITED if found.get("client_limited") else "")


def point_name(point):
    return f"{point['title']}, P{point['pipeline']}, {point['size']} B"


def point_key(point):
    return point["workload"], point["pipeline"], point["size"]


def merged(points):
    """The points of all groups: in the order measured, each with its records."""
    found = {}
    for point in points:
        found.setdefault(point_key(point), []).append(point)
    return list(found.values())


def contestants(points):
    """Everybody but the baseline, the floor last."""
    names = []
    for point in points:
        names += [name for name in point["servers"] if name != point["baseline"] and name not in names]
    return sorted(names, key=lambda name: name == "floor")


def find_entry(records, name):
    return next((point["servers"][name] for point in records if name in point["servers"]), None)


def ratio_table(points, measure):
    """Each server's ratio to the baseline, with the baseline's own figure."""
    names = contestants(points)
    baseline = points[0]["baseline"]
    rows = []
    for records in merged(points):
        own = records[0]["servers"][baseline][measure]["median"]
        cells = []
        for name in names:
            entry = find_entry(records, name)
            cells.append(ratio(entry["ratios"].get(measure)) if entry else "")
        rows.append([point_name(records[0]), number(scaled(measure, own)), *cells])
    return table(["", f"{baseline}, {UNITS[measure]}", *names], rows)


def latency_table(points):
    names = [points[0]["baseline"], *contestants(points)]
    rows = []
    for records in merged(points):
        cells = []
        for name in names:
            entry = find_entry(records, name)
            figures = [number(entry[measure]["median"]) for measure in ("p50_ms", "p99_ms", "p999_ms")] if entry else []
            cells.append(" / ".join(figures))
        rows.append([point_name(records[0]), *cells])
    return table(["p50 / p99 / p99.9, ms", *names], rows)


def memory_table(records):
    names, sizes = [], sorted({record["size"] for record in records})
    cells = {}
    for record in records:
        for name, value in record["servers"].items():
            names += [name] if name not in names else []
            cells.setdefault((name, record["size"]), value)
    rows = [[name, *(number(cells.get((name, size))) for size in sizes)] for name in names]
    return table(["bytes per key, values of", *(f"{size} B" for size in sizes)], rows)


def elements_table(records):
    """Bytes per element, and each server's share of the first one's."""
    names = list(dict.fromkeys(name for record in records for name in record["servers"]))
    rows = []
    for record in records:
        figures = [record["servers"].get(name) for name in names]
        cells = [number(figure) for figure in figures]
        for place, figure in enumerate(figures[1:], 1):
            if figure is not None and figures[0]:
                cells[place] += f" (× {figure / figures[0]:.2f})"
        rows.append([f"{record['shape']}, {record['elements']} elements", *cells])
    return table(["bytes per element", *names], rows)


def open_loop_table(records):
    head = ["", "greatest rate", "asked for", "achieved", "p50", "p99", "p99.9 ms", "CPU µs"]
    rows = []
    for record in records:
        share = "half of the slowest's" if record["kind"] == "common" else "half of its own"
        rows.append(
            [
                open_loop_name(record),
                number(record["greatest_rate"]),
                f"{number(record['rate'])} ({share})",
                number(record["achieved"]["median"]),
                *(number(record[measure]["median"]) for measure in ("p50_ms", "p99_ms", "p999_ms", "cpu_us")),
            ]
        )
    return table(head, rows)


def open_loop_name(record):
    """Peers run again beside each group of Needletail's."""
    if record["server"].startswith("needletail "):
        return record["server"]
    return f"{record['server']} (beside needletail {'/'.join(map(str, record['threads']))})"


def machine_line(report):
    machine = report["machine"]
    versions = "".join(f"; {name} {version}" for name, version in report["versions"].items() if version)
    return (
        f"{report['date']}, commit {report['commit']}; {machine['cores']} processors ({machine['model']}), "
        f"Linux {machine['kernel']}{versions}."
    )


def method(report):
    settings = report["settings"]
    placements = []
    for point in report["points"]:
        text = f"needletail {'/'.join(map(str, point['threads']))}: {point['placement']}"
        placements += [text] if text not in placements else []
    return (
        f"{settings['client']} with {settings['connections']} connections; {settings['rounds']} rounds of "
        f"{settings['slice_seconds']} s that alternate between the servers. A ratio is the median of the rounds' own "
        f"ratios; {REFUSED} stands where their middle half is spread over more than 15 %. "
        f"{LIMITED}: the client had nothing left, so the servers may be further apart. {'. '.join(placements)}."
    )


def when(report, part):
    """The date of a part that another run has measured."""
    date = report.get("dates", {}).get(part)
    return f" (measured {date}):" if date else ":"


def has(points, measure):
    return any(entry[measure]["median"] is not None for point in points for entry in point["servers"].values())


def sections(report, measures):
    points = report["points"]
    parts = [machine_line(report)]
    if report.get("incomplete"):
        parts.append(f"**Incomplete**: {report['incomplete']}")
    if points:
        parts.append(method(report))
    for measure in measures:
        if points and has(points, measure):
            better = "more is better" if measure == "throughput" else "less is better"
            parts.append(f"**{TITLES[measure]}**, divided by {points[0]['baseline']}'s ({better}):")
            parts.append(ratio_table(points, measure))
    if report["memory"]:
        head = "**Resident memory per key** of 16 bytes, the empty server taken off"
        parts += [head + when(report, "memory"), memory_table(report["memory"])]
    if report.get("elements"):
        head = "**Resident memory per element** of 16 bytes (hashes: field and value of 16 each)"
        parts += [head + when(report, "elements"), elements_table(report["elements"])]
    if report["open_loop"]:
        first = report["open_loop"][0]
        head = f"**Open loop**: {first['title']} at a fixed rate, latency in ms from when each request was due"
        parts.append(head + when(report, "open_loop"))
        parts.append(open_loop_table(report["open_loop"]))
    return parts


def brief(report, chart):
    """What stands in the README: `chart` is the path of the picture from there."""
    parts = sections(report, ["cpu_us", "throughput"])
    return "\n\n".join([f"![server CPU and throughput beside {baseline_name(report)}]({chart})", *parts]) + "\n"


def full(report, chart):
    """Everything that was measured."""
    parts = ["# Comparison", f"![chart]({chart})", *sections(report, list(TITLES))]
    if report["points"]:
        parts += ["**Latencies** in the closed loop, with as many requests in flight as the pipeline allows:"]
        parts += [latency_table(report["points"])]
    if report["skipped"]:
        parts.append("**Left out:**")
        parts.append("\n".join(f"- {one['workload']}, {one['server']}: {one['reason']}" for one in report["skipped"]))
    return "\n\n".join(parts) + "\n"


def baseline_name(report):
    return report["points"][0]["baseline"] if report["points"] else "its peers"
