"""The chart: bars of processor time and throughput beside the baseline, as SVG."""

from xml.sax.saxutils import escape

from . import markdown

WIDTH = 960
LABEL_WIDTH = 200
PANEL_GAP = 40
BAR, BAR_GAP, ROW_GAP = 11, 2, 12
TOP, BOTTOM = 92, 34
INK, MUTED, GRID, PAPER = "#1f2933", "#616e7c", "#e4e7eb", "#ffffff"
COLOURS = ["#2563eb", "#0d9488", "#9333ea", "#d97706", "#dc2626", "#65a30d"]
FLOOR = "#9aa5b1"
# More rows than this cannot be read at the width of a README.
MOST_ROWS = 12


class Picture:
    """Elements of an SVG, in the order they are drawn."""

    def __init__(self, width, height, title):
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" font-family="system-ui, sans-serif" font-size="12">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
        ]

    def text(self, x, y, words, anchor="start", colour=INK, size=12, weight="normal"):
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}" '
            f'font-weight="{weight}" stroke="{PAPER}" stroke-width="3" paint-order="stroke">{escape(words)}</text>'
        )

    def bar(self, x, y, width, height, colour, hint):
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height}" fill="{colour}" rx="1.5">'
            f"<title>{escape(hint)}</title></rect>"
        )

    def line(self, x, top, bottom, colour, dash=""):
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{x:.1f}" y1="{top:.1f}" x2="{x:.1f}" y2="{bottom:.1f}" stroke="{colour}"{dashes}/>'
        )

    def finish(self):
        return "\n".join([*self.parts, "</svg>"]) + "\n"


def nice_step(most, count=4):
    """A step of 1, 2 or 5 times a power of ten that divides `most` into at most `count` steps."""
    step = 1e-6
    while True:
        for factor in (1, 2, 5):
            if most / (step * factor) <= count:
                return step * factor
        step *= 10


def colours(names):
    ordinary = [name for name in names if name != "floor"]
    return {name: COLOURS[place % len(COLOURS)] for place, name in enumerate(ordinary)} | {"floor": FLOOR}


def rows_of(points):
    """The points that fit: single keys and the mixture first, values of the first size first."""
    rows = markdown.merged(points)
    first = rows[0][0]["size"] if rows else 0

    def rank(records):
        point = records[0]
        return (point["size"] != first, point["workload"] not in ("get", "set", "mixed"))

    chosen = sorted(rows, key=rank)[:MOST_ROWS]
    return [records for records in rows if records in chosen]


def values(records, names, measure):
    """(name, value or None, why there is none) for every server that was measured here."""
    found = []
    for name in names:
        entry = markdown.find_entry(records, name)
        if entry:
            ratio = entry["ratios"].get(measure) or {}
            found.append((name, ratio.get("value"), ratio.get("reason", "no figure")))
    return found


def draw_axis(picture, left, width, most, top, bottom):
    step = nice_step(most)
    tick = 0.0
    while tick <= most + 1e-9:
        x = left + tick / most * width
        picture.line(x, top, bottom, GRID)
        picture.text(x, bottom + 16, f"{tick:g}", "middle", MUTED, 11)
        tick = round(tick + step, 9)


def draw_panel(picture, rows, names, measure, left, width, heading, bottom, baseline):
    paint = colours(names)
    known = [value for records in rows for _, value, _ in values(records, names, measure) if value is not None]
    most = max([1.1, *known]) * 1.12
    draw_axis(picture, left, width, most, TOP - 8, bottom)
    picture.line(left + width / most, TOP - 8, bottom, INK, "4 3")
    picture.text(left, TOP - 18, heading, weight="600")
    y = TOP
    for records in rows:
        for name, value, reason in values(records, names, measure):
            if value is None:
                picture.text(left + 4, y + BAR - 1.5, f"— {reason}", colour=MUTED, size=10)
            else:
                length = value / most * width
                picture.bar(left, y, length, BAR, paint[name], f"{name}: {value:.2f} × {baseline}")
                picture.text(left + length + 4, y + BAR - 1.5, f"{value:.2f}", colour=MUTED, size=10)
            y += BAR + BAR_GAP
        y += ROW_GAP


def legend_words(name):
    maker, _, threads = name.partition(" ")
    if maker == "needletail" and threads.isdigit():
        return f"needletail, {threads} thread" + ("s" if threads != "1" else "")
    return "floor (no commands)" if name == "floor" else name


def draw_legend(picture, names, baseline):
    paint = colours(names)
    x = LABEL_WIDTH
    for name in names:
        picture.bar(x, 38, 12, 12, paint[name], name)
        words = legend_words(name)
        picture.text(x + 18, 48, words)
        x += 34 + 6.6 * len(words)
    picture.text(x, 48, f"┆ {baseline} = 1", colour=MUTED)


def draw(report):
    """The whole chart; a report without points gives a picture that says so."""
    rows = rows_of(report["points"])
    if not rows:
        picture = Picture(WIDTH, 60, "comparison")
        picture.text(20, 34, "No commands were measured.", colour=MUTED)
        return picture.finish()
    names = markdown.contestants(report["points"])
    baseline = report["points"][0]["baseline"]
    heights = [len(values(records, names, "cpu_us")) * (BAR + BAR_GAP) + ROW_GAP for records in rows]
    bottom = TOP + sum(heights)
    picture = Picture(WIDTH, bottom + BOTTOM, f"server CPU per command and throughput beside {baseline}")
    picture.text(20, 24, f"Beside {baseline}, on the same machine in the same run", size=15, weight="600")
    draw_legend(picture, names, baseline)
    y = TOP
    for records, height in zip(rows, heights):
        point = records[0]
        middle = y + (height - ROW_GAP) / 2
        picture.text(LABEL_WIDTH - 12, middle, f"{point['title']}", "end")
        detail = f"pipeline {point['pipeline']}, {point['size']} B"
        picture.text(LABEL_WIDTH - 12, middle + 14, detail, "end", MUTED, 10)
        y += height
    width = (WIDTH - LABEL_WIDTH - PANEL_GAP - 30) / 2
    draw_panel(
        picture, rows, names, "cpu_us", LABEL_WIDTH, width, "server CPU per command (less is better)", bottom, baseline
    )
    left = LABEL_WIDTH + width + PANEL_GAP
    draw_panel(picture, rows, names, "throughput", left, width, "throughput (more is better)", bottom, baseline)
    return picture.finish()
