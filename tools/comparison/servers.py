"""The servers under measurement: started, watched, asked, stopped."""

import contextlib
import os
import pathlib
import shlex
import shutil
import socket
import subprocess
import tempfile
import time

START_SECONDS = 20


class ComparisonError(Exception):
    """Something that the user is told instead of a traceback."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cores():
    return sorted(os.sched_getaffinity(0))


class Placement:
    """Which processors the server has, and which the client.

    Where there are more processors than server threads they are disjoint. Otherwise nothing can be: the server gets all
    of them and the client the last one. A client that may move as well flips between two placements of the scheduler,
    which are 20 to 40 % apart; held on one processor, with short slices that alternate between the servers, the
    processor time per command agrees within a few percent.
    """

    def __init__(self, threads, available, client_threads=1):
        self.is_disjoint = threads + client_threads <= len(available)
        if self.is_disjoint:
            self.server = available[:threads]
            self.client = available[threads : threads + client_threads]
        else:
            self.server, self.client = available, available[-client_threads:]

    @property
    def title(self):
        if self.is_disjoint:
            return f"server and client pinned apart ({len(self.server)} + {len(self.client)} processors)"
        return f"server on all {len(self.server)} processors, client pinned to {len(self.client)} of them"


def pinned(line, processors):
    if shutil.which("taskset") is None:
        raise ComparisonError("taskset is missing (Debian: util-linux)")
    return ["taskset", "-c", ",".join(map(str, processors)), *line]


class Server:
    """A running server. `is_floor`: it answers, but keeps nothing and knows no command."""

    def __init__(self, name, line, processors, is_floor=False):
        self.name, self.is_floor = name, is_floor
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="compare-")
        words = pinned([word.replace("PORT", str(self.port)) for word in line], processors)
        self.log = open(os.path.join(self.folder, "output"), "wb")
        try:
            self.process = subprocess.Popen(
                words, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
            )
            self.wait_until_it_listens()
        except BaseException:
            self.stop()
            raise
        time.sleep(0.2)
        self.empty_bytes = self.resident_bytes()

    def wait_until_it_listens(self):
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                raise ComparisonError(f"{self.name} ended with {self.process.returncode}: {self.last_words()}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.02)
        raise ComparisonError(f"{self.name} does not listen on its port after {START_SECONDS} s")

    def last_words(self):
        lines = pathlib.Path(self.log.name).read_text("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def check_alive(self):
        if self.process.poll() is not None:
            raise ComparisonError(f"{self.name} died with {self.process.returncode}: {self.last_words()}")

    def processor_seconds(self):
        """User and system time of all its threads; the scheduler counts it in nanoseconds."""
        self.check_alive()
        total = 0
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                total += int((task / "schedstat").read_text("utf-8").split()[0])
        return total / 1e9

    def resident_bytes(self):
        self.check_alive()
        pages = int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text("utf-8").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def call(self, *words):
        """One command; the reply as nested lists, integers, texts, None, or ReplyError."""
        with socket.create_connection(("127.0.0.1", self.port), 60) as connection:
            parts = [str(word).encode() for word in words]
            bulks = [b"$%d\r\n%s\r\n" % (len(part), part) for part in parts]
            connection.sendall(b"*%d\r\n" % len(parts) + b"".join(bulks))
            with connection.makefile("rb") as stream:
                return read_reply(stream)

    def knows(self, command):
        if self.is_floor:
            return True
        reply = self.call("COMMAND", "INFO", command)
        # A server that does not know COMMAND INFO may know the command; if not, its first slice says so.
        return isinstance(reply, ReplyError) or (isinstance(reply, list) and len(reply) == 1 and bool(reply[0]))

    def version(self):
        """What INFO calls its version, beside the name it gives itself if that is another."""
        if self.is_floor:
            return None
        text = self.call("INFO", "server")
        if isinstance(text, ReplyError):
            return None
        fields = dict(line.split(":", 1) for line in str(text).splitlines() if ":" in line)
        own = [key for key in fields if key.endswith("_version") and key not in ("redis_version", "gcc_version")]
        return fields[own[0]] if own else fields.get("redis_version")

    def stop(self):
        process = getattr(self, "process", None)
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class ReplyError(str):
    """An error reply's text."""


def read_reply(stream):
    line = stream.readline()
    if not line.endswith(b"\r\n"):
        raise ComparisonError("a server closed its connection instead of a reply")
    kind, rest = line[:1], line[1:-2].decode(errors="replace")
    if kind == b"+":
        return rest
    if kind == b"-":
        return ReplyError(rest)
    if kind == b":":
        return int(rest)
    if kind == b"$":
        return None if rest == "-1" else stream.read(int(rest) + 2)[:-2].decode(errors="replace")
    if kind in b"*~":
        return None if rest == "-1" else [read_reply(stream) for _ in range(int(rest))]
    raise ComparisonError(f"a server replied {line[:40]!r}")


def needletail_line(path, threads):
    return [path, "--port", "PORT", "--bind", "127.0.0.1", "--threads", str(threads)]


def redis_line(path):
    return [path, "--port", "PORT", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]


def peer_line(text):
    """NAME=COMMAND, where the command's words are split as a shell would and one of them holds PORT."""
    name, equals, command = text.partition("=")
    words = shlex.split(command)
    if not equals or not name or not words or not any("PORT" in word for word in words):
        raise ComparisonError(f"--peer {text!r} is not of the form NAME=COMMAND with PORT in the command")
    return name, words


def compile_floor(root, folder):
    compiler = shutil.which("gcc") or shutil.which("cc") or shutil.which("clang")
    if compiler is None:
        raise ComparisonError("the floor needs a C compiler (Debian: gcc libc6-dev); --no-floor goes without")
    executable = os.path.join(folder, "floor")
    source = str(root / "tools/floor.c")
    done = subprocess.run([compiler, "-O2", "-march=native", "-o", executable, source], capture_output=True, text=True)
    if done.returncode != 0:
        raise ComparisonError(f"the floor does not compile; --no-floor goes without it:\n{done.stderr}")
    return executable
