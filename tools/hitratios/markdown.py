"""The report as Markdown."""

from comparison.markdown import REFUSED, machine_line, table

SHORT = {"redis": "Redis", "needletail": "Needletail"}


def percent(ratio):
    return REFUSED if ratio is None else f"{ratio * 100:.2f}"


def points(difference):
    return REFUSED if difference is None else f"{difference * 100:+.2f}"


def server_names(report):
    return list(dict.fromkeys(name for trace in report["traces"] for name in trace["servers"]))


def heading(name):
    kind, policy = name.split(" ")
    return f"{SHORT[kind]} {policy.removeprefix('allkeys-')}"


def hit_ratio(trace, name):
    entry = trace["servers"].get(name)
    return entry["hit_ratio"] if entry else None


def ratios(report):
    """Hit ratios in percent; the best policy of each trace stands out."""
    names = server_names(report)
    kinds = [kind for kind in SHORT if any(kind in trace["bounds"] for trace in report["traces"])]
    head = ["hit ratio, %", *map(heading, names)]
    head += [f"{bound}, {SHORT[kind]}'s keys" for kind in kinds for bound in ("exact LRU", "optimum")]
    rows = []
    for trace in report["traces"]:
        own = [hit_ratio(trace, name) for name in names]
        best = max((one for one in own if one is not None), default=None)
        cells = [f"**{percent(one)}**" if one is not None and one == best else percent(one) for one in own]
        for kind in kinds:
            found = trace["bounds"].get(kind, {})
            mark = "≈ " if found.get("unit") == "bytes" else ""
            cells += [mark + percent(found.get(bound)) for bound in ("exact_lru", "optimum")]
        rows.append([trace["title"], *cells])
    return table(head, rows)


def differences(report):
    """Needletail's policies beside Redis': LRU and LFU each beside its like, others beside the better of the two."""
    names = [name for name in server_names(report) if name.startswith("needletail ")]
    head = ["points over Redis"]
    for name in names:
        policy = name.split(" ")[1]
        beside = "Redis " + policy.split("-")[1] if is_common(report, policy) else "the best of Redis"
        head.append(f"{heading(name)} − {beside}")
    rows = []
    for trace in report["traces"]:
        cells = []
        for name in names:
            policy = name.split(" ")[1]
            beside = [f"redis {policy}"] if is_common(report, policy) else redis_names(trace)
            theirs = [hit_ratio(trace, other) for other in beside]
            own = hit_ratio(trace, name)
            lacks = own is None or not theirs or None in theirs
            cells.append(points(None if lacks else own - max(theirs)))
        rows.append([trace["title"], *cells])
    return table(head, rows)


def is_common(report, policy):
    return any(f"redis {policy}" in trace["servers"] for trace in report["traces"])


def redis_names(trace):
    return [name for name in trace["servers"] if name.startswith("redis ")]


def at_equal_keys(report):
    """What the policy alone does: points over exact LRU with as many keys as the server itself held."""
    names = server_names(report)
    rows = []
    for trace in report["traces"]:
        cells = []
        for name in names:
            bound = trace["bounds"].get(name.split(" ")[0], {}).get("exact_lru")
            own = hit_ratio(trace, name)
            cells.append(points(None if own is None or bound is None else own - bound))
        rows.append([trace["title"], *cells])
    return table(["points over exact LRU with as many keys", *map(heading, names)], rows)


def conditions(report):
    """What each cache was given, and how long it took to turn over."""
    names = server_names(report)
    rows = []
    for trace in report["traces"]:
        slowest = max((entry["seconds"] for entry in trace["servers"].values()), default=0)
        turnovers = [entry["turnover_seconds"] for entry in trace["servers"].values() if entry["turnover_seconds"]]
        held = [trace["servers"][name]["keys_held"] if name in trace["servers"] else None for name in names]
        rows.append(
            [
                trace["title"],
                f"{trace['requests']}",
                f"{trace['keys']}",
                f"{trace['budget_bytes'] / (1 << 20):.1f} MiB ({trace['share']:g} %)",
                f"{slowest:.0f} s",
                f"{min(turnovers):.1f}–{max(turnovers):.1f} s" if turnovers else REFUSED,
                *(REFUSED if keys is None else f"{keys / 1000:.1f}" for keys in held),
            ]
        )
    head = ["", "requests", "keys", "budget", "took", "turn over"]
    return table([*head, *(f"{heading(name)}, 1000 keys" for name in names)], rows)


def method(report):
    settings = report["settings"]
    equal = ", Needletail so many that it holds as many keys as Redis" if settings["equal_keys"] else ""
    rounds = "1 round" if settings["rounds"] == 1 else f"medians of {settings['rounds']} rounds"
    return (
        f"GET, and on a miss SET, {settings['window']} requests at a time and {settings['rate']:.0f} a second, all "
        f"servers side by side; {rounds}. Each may use the same number of bytes beyond what it uses empty{equal}. "
        f"Needletail has {settings['threads']} threads; samples and the settings of LFU are the defaults on both sides. "
        "A first request for a key is a miss, for the bounds too. The optimum is Belady's, free not to keep what was "
        "asked for: exact where all values are of one size. ≈: sizes differ; it goes by bytes, the latest next use "
        "first, and is no longer a bound."
    )


def problems(report):
    lines = [f"- {one['server']} is left out: {one['reason']}" for one in report["skipped"]]
    for trace in report["traces"]:
        for name, entry in trace["servers"].items():
            if entry["errors"]:
                lines.append(f"- {trace['title']}, {name}: {entry['errors']} errors, {entry['first_error']}")
            if entry["over_bytes"] > max(8 << 20, trace["budget_bytes"] / 100):
                lines.append(f"- {trace['title']}, {name}: {entry['over_bytes']} bytes over maxmemory")
    return lines


def brief(report):
    """What stands in the README."""
    parts = [machine_line(report), method(report), ratios(report)]
    if any(name.startswith("needletail ") for name in server_names(report)):
        parts.append(differences(report))
    return "\n\n".join([*parts, *(["\n".join(problems(report))] if problems(report) else [])]) + "\n"


def full(report):
    return "\n\n".join(["# Hit ratios", brief(report).rstrip(), at_equal_keys(report), conditions(report)]) + "\n"
