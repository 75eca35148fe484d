"""What a check works with: servers, load, a latency probe."""

import contextlib
import itertools
import json
import os
import socket
import subprocess
import time

from comparison.servers import ComparisonError, Placement, ReplyError, Server, cores, needletail_line, pinned

# What a server needs for `time_loops`.
DEBUG = ("--enable-debug-command", "local")
# A load that takes this much longer than it was asked for is stopped.
PATIENCE_SECONDS = 60


class Soak:
    """One run of one check. Everything that it starts ends with it."""

    def __init__(self, options, threads, stack):
        self.options, self.threads, self.stack = options, threads, stack
        self.placement = Placement(threads, cores())
        self.start_time = time.monotonic()

    @property
    def passed_seconds(self):
        return time.monotonic() - self.start_time

    def count(self, usual):
        """So many keys, elements, connections: less if --scale says so."""
        return max(1, round(usual * self.options.scale))

    def seconds(self, usual):
        """How long something is watched: --seconds, or what is usual."""
        return self.options.seconds or usual

    def start(self, *arguments, threads=None):
        """A new server. It has the first processors; the load has the last."""
        line = needletail_line(self.options.needletail, threads or self.threads) + list(arguments)
        server = SoakServer("needletail", line, self.placement.server)
        self.stack.callback(server.stop)
        return server

    def say(self, text):
        """A line that is written over, for somebody who watches."""
        self.options.progress.show(text)

    # The load

    def bench_line(self, server, arguments):
        # Stalls are what is looked for: the load waits longer for them than it usually would.
        line = [self.options.bench, "-p", str(server.port), "--timeout", "60", "--json", *map(str, arguments)]
        return pinned(line, self.placement.client)

    def begin(self, server, *arguments):
        """needletail-bench in the background; `.result()` waits for the figures of its last test."""
        return Background(self, server, self.bench_line(server, arguments))

    def bench(self, server, *arguments):
        """needletail-bench, to its end: the figures of its last test, as its JSON has them."""
        return self.begin(server, *arguments).result()

    def fill(self, server, keys, size=16, ttl=None, prefix="key:"):
        """Writes every key once, named prefix + number; returns the seconds it took."""
        arguments = ["-t", "set", "-n", keys, "-r", keys, "--distribution", "sequential", "-d", size, "-P", 50]
        arguments += ["-c", 8, "--key-prefix", prefix]
        arguments += ["--ttl", ttl] if ttl else []
        return self.bench(server, *arguments)["seconds"]

    def probe(self, server, seconds, keys, rate=10_000, prefix="key:", connections=10):
        """GETs at a steady rate, whether the server keeps up or not, in the background: how long others wait.

        Latency counts from when a request was due, so a stall is seen by all the requests that it keeps waiting.
        """
        arguments = ["-t", "get", "-r", keys, "-c", connections, "--key-prefix", prefix]
        return self.begin(server, *arguments, "--rate", rate, "--seconds", seconds)


class Background:
    """A run of needletail-bench that goes on meanwhile."""

    def __init__(self, soak, server, line):
        self.server, self.line = server, line
        try:
            self.process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        except FileNotFoundError as problem:
            raise ComparisonError(f"{line[0]} is missing") from problem
        soak.stack.callback(self.stop)

    @property
    def is_running(self):
        return self.process.poll() is None

    def result(self, patience=PATIENCE_SECONDS * 3):
        try:
            output, complaints = self.process.communicate(timeout=patience)
        except subprocess.TimeoutExpired as problem:
            raise ComparisonError(f"the load hung for {patience} s") from problem
        # Exit code 3: all done, but some replies were errors.
        if self.process.returncode not in (0, 3):
            self.server.check_alive()
            raise ComparisonError(f"needletail-bench: {complaints.strip() or self.process.returncode}")
        try:
            return json.loads(output)["tests"][-1]
        except (ValueError, KeyError, IndexError) as problem:
            raise ComparisonError("needletail-bench printed no figures") from problem

    def stop(self):
        if self.is_running:
            self.process.kill()
            self.process.communicate()


class SoakServer(Server):
    """A server that is asked what it knows of itself."""

    def fields(self, section="everything"):
        """INFO, as a dictionary; numbers where they are numbers."""
        text = self.call("INFO", section)
        if isinstance(text, ReplyError):
            raise ComparisonError(f"INFO {section}: {text}")
        pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line)
        return {name: parsed(value) for name, value in pairs}

    def ask(self, *words):
        """A command that must not fail."""
        reply = self.call(*words)
        if isinstance(reply, ReplyError):
            raise ComparisonError(f"{' '.join(map(str, words))[:60]}: {reply}")
        return reply

    def feed(self, commands, batch=500):
        """Sends commands, each a tuple of words, in pipelines; every reply is a line, and none may be an error."""
        with socket.create_connection(("127.0.0.1", self.port), 60) as connection:
            with connection.makefile("rb", 1 << 16) as replies:
                commands = iter(commands)
                while part := list(itertools.islice(commands, batch)):
                    connection.sendall(b"".join(map(request, part)))
                    for _ in part:
                        line = replies.readline()
                        if not line.endswith(b"\n") or line.startswith(b"-"):
                            raise ComparisonError(f"a command of many failed: {line.decode(errors='replace')!r}")

    def time_loops(self):
        """From now on turns of the event loops are timed; needs --enable-debug-command."""
        self.ask("DEBUG", "LOOP-TIMES", 1)

    def longest_turn_ms(self):
        """The longest turn of an event loop since `time_loops`, by the time its thread had a processor."""
        return self.fields("debug")["eventloop_cpu_max_microseconds"] / 1000

    @contextlib.contextmanager
    def watched(self):
        """The processor time the server takes and the time that passes, in a Watch that is filled in at the end."""
        watch = Watch()
        before, start = self.processor_seconds(), time.monotonic()
        yield watch
        watch.processor_seconds = self.processor_seconds() - before
        watch.seconds = time.monotonic() - start


class Watch:
    """How much of one processor's time something took."""

    processor_seconds = 0.0
    seconds = 0.0

    @property
    def share(self):
        return self.processor_seconds / self.seconds if self.seconds else 0.0


def request(words):
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


def parsed(text):
    try:
        return int(text)
    except ValueError:
        with contextlib.suppress(ValueError):
            return float(text)
        return text


def load_average():
    return os.getloadavg()[0]
