"""The reports of needletail-bench: timelines, INFO, searches for a rate, and the page, looked at in a browser."""

import os
import re
import shutil
import socketserver
import subprocess
import threading
import time
import zlib

import pytest

from harness.server import Server
from test_bench import bench, bench_path, measured, pytestmark, server  # noqa: F401

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def browser(*arguments):
    """What headless Chromium prints."""
    line = [BROWSER, "--headless", "--disable-gpu", "--hide-scrollbars", "--window-size=1280,1600"]
    # Chromium has no sandbox for the superuser.
    line += ["--no-sandbox"] if os.geteuid() == 0 else []
    done = subprocess.run([*line, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def share_of_drawing(picture):
    """How much of a PNG is not the same as beside it; 0 if there is nothing to be seen."""
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    place, packed = 8, b""
    while place < len(picture):
        size = int.from_bytes(picture[place : place + 4], "big")
        if picture[place + 4 : place + 8] == b"IDAT":
            packed += picture[place + 8 : place + 8 + size]
        place += size + 12
    # Rows are stored as differences from what is left of each point or above it.
    rows = zlib.decompress(packed)
    return 1 - rows.count(0) / len(rows)


def test_every_test_runs_on_redis():
    with Server("redis") as server:
        names = subprocess.run([bench_path(), "--list-tests"], capture_output=True, text=True).stdout.split()
        wanted = "mget hgetall zrange xadd xread getex del expire eval evalsha zpopmin lrange_600 script".split()
        assert set(wanted) <= set(names)
        tests = measured("-p", server.port, "-t", ",".join(names), "-n", 300, "-c", 3, "-r", 100, "-P", 4, "--preload")
        assert {test["name"] for test in tests} >= {name.upper() for name in wanted if name != "script"}
        assert all(test["errors"] == 0 and test["requests"] >= 100 for test in tests)
        # Without -t: what redis-benchmark runs.
        assert len(measured("-p", server.port, "-n", 50, "-c", 2)) == 20
        # In a mix, what a test needs is prepared too.
        (test,) = measured("-p", server.port, "--mix", "evalsha:1,hgetall:1,xread:1", "-n", 90, "-c", 3)
        assert test["errors"] == 0


def test_timeline_and_info(server):  # noqa: F811
    (test,) = measured("-p", server.port, "--mix", "get,set", "--seconds", 1.2, "-c", 4, "--threads", 2, "-r", 100)
    points = test["timeline"]
    assert 50 <= len(points) <= 62 and sum(point["requests"] for point in points) == test["requests"]
    assert [point["start"] for point in points] == sorted(point["start"] for point in points)
    for point in points:
        assert 0 <= point["p50_ms"] <= point["p99_ms"] <= point["max_ms"] <= test["latency"]["max_ms"] * 1.001
    fields = test["info"]["fields"]
    # The greetings of the connections and INFO itself come on top.
    assert 0 <= fields["total_commands_processed"]["difference"] - test["requests"] < 20
    hits = fields["keyspace_hits"]["difference"] + fields["keyspace_misses"]["difference"]
    assert abs(hits - test["commands"][0]["requests"]) < 20
    assert test["info"]["server"].startswith(("Redis 7.", "Needletail "))


class SlowServer(socketserver.ThreadingTCPServer):
    """Takes five milliseconds for everything, so that nobody gets 200 replies a second on one connection."""

    allow_reuse_address = daemon_threads = True

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            while self.request.recv(65536):
                time.sleep(0.005)
                self.request.sendall(b"+OK\r\n")

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


def find_highest_rate(page):
    with SlowServer() as server:
        result = bench(
            "-p", server.server_address[1], "-t", "get", "-c", 1, "--find-max-rate", "--p99", "60ms", "--rate", 20,
            "--seconds", 0.4, "--warmup", 0.05, "--html", page
        )  # fmt: skip
        server.shutdown()
    return result


def test_the_highest_rate_is_found(tmp_path):
    page = tmp_path / "page.html"
    # A machine with other things to do may answer less in the run that confirms; then it says so, and fails.
    for _ in range(4):
        code, printed, errors = find_highest_rate(page)
        if code == 0:
            break
    assert code == 0, printed + errors
    assert "confirmed" in printed and "of it was answered" in printed
    found = re.search(r"^GET: (\d+) requests/s with p99 ≤ 60 ms$", printed, re.MULTILINE)
    assert 50 <= int(found[1]) <= 206, printed
    assert "Highest rate: GET" in page.read_text()


def test_a_rate_that_cannot_be_is_not_found():
    with Server("redis") as server:
        code, printed, _ = bench(
            "-p", server.port, "-t", "get", "-c", 1, "--find-max-rate", "--p99", "1us", "--rate", 4, "--seconds", 0.3,
            "--warmup", 0.01, "--json"
        )  # fmt: skip
    assert code == 1 and '"max_rate":null' in printed and "p99 is over 1 µs" in printed


def test_sizes_from_a_file(server, tmp_path):  # noqa: F811
    sizes = tmp_path / "sizes"
    sizes.write_text("# what a shop stores\n10 1\n2000,3\n")
    code, _, errors = bench("-p", server.port, "--preload", "-r", 200, "-t", "get", "-n", 1, "-d", f"@{sizes}")
    assert code == 0, errors
    connection = server.connect()
    lengths = [connection.call("STRLEN", f"key:{number:012}") for number in range(200)]
    assert set(lengths) == {10, 2000} and 100 < lengths.count(2000) < 190
    sizes.write_text("10 1\nten 1\n")
    code, _, errors = bench("-p", server.port, "-t", "get", "-d", f"@{sizes}")
    assert code == 64 and f"{sizes}:2: 'ten' is no size" in errors


@pytest.mark.parametrize(
    "arguments", ["--find-max-rate", "--p99 1ms", "--find-max-rate --p99 1", "--find-max-rate --p99 1ms -n 5"]
)
def test_wrong_searches(arguments):
    code, _, errors = bench(*arguments.split())
    assert code == 64 and errors


def test_a_page_that_cannot_be_written(server, tmp_path):  # noqa: F811
    started = time.monotonic()
    code, _, errors = bench("-p", server.port, "-t", "get", "--seconds", 20, "--html", tmp_path / "none" / "page.html")
    assert code == 1 and "cannot write" in errors and time.monotonic() - started < 5


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium to look at the page with (package chromium)")
def test_the_page_in_a_browser(tmp_path):
    page, picture = tmp_path / "page.html", tmp_path / "page.png"
    with Server("redis", ["--requirepass", "hidden-word"]) as server:
        code, _, errors = bench(
            "-p", server.port, "-a", "hidden-word", "--mix", "get:80,set:20", "--command", "ECHO '<script>alert(1)</script>'",
            "--seconds", 1, "-r", 1000, "--server-pid", server.process.pid, "--html", page
        )  # fmt: skip
    assert code == 0, errors
    text = page.read_text()
    assert "hidden-word" not in text and "<script" not in text and "Redis 7." in text
    seen = browser("--dump-dom", page.as_uri())
    assert seen.count("<svg") == 3 and seen.count("</svg>") == 3
    for title in ("Throughput over time", "Latency over time", "Latency by percentile"):
        assert f'aria-label="{title}"' in seen
    # Tints, lines and tables: what the browser has understood of them.
    assert seen.count("<path") >= 6 and seen.count("<td>keyspace_hits") + seen.count(">keyspace_hits<") >= 1
    assert "server RSS" in seen and "99.9" in seen and "NaN" not in seen
    browser(f"--screenshot={picture}", page.as_uri())
    assert share_of_drawing(picture.read_bytes()) > 0.01
    blank = tmp_path / "blank.html"
    blank.write_text("<p></p>")
    browser(f"--screenshot={picture}", blank.as_uri())
    assert share_of_drawing(picture.read_bytes()) < 0.001
