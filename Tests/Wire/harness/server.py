"""Servers under test, each a process of its own in a temporary folder, and raw connections to them."""

import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from . import resp

ROOT = pathlib.Path(__file__).resolve().parents[3]
REPLY_TIMEOUT_SECONDS = float(os.environ.get("WIRE_REPLY_TIMEOUT", "5"))
START_TIMEOUT_SECONDS = 20


def needletail_path():
    """The executable under test: NEEDLETAIL in the environment, or the release build."""
    return os.environ.get("NEEDLETAIL", str(ROOT / ".build/release/needletail"))


def is_stand_in():
    """True when the oracle itself is being tested, to check the harness and the cases."""
    return os.path.basename(needletail_path()).startswith("redis-server")


def oracle_path():
    return os.environ.get("ORACLE", shutil.which("redis-server") or "/usr/bin/redis-server")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Closed(Exception):
    """The server closed the connection."""


class NoReply(Exception):
    """Nothing, or only half a reply, came in time."""


class Connection:
    """A client that sends bytes and reads replies, and hides nothing."""

    def __init__(self, address, protocol=2):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(REPLY_TIMEOUT_SECONDS)
        self.socket.connect(address)
        if family == socket.AF_INET:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()
        self.protocol = 2
        if protocol == 3:
            self.call("HELLO", "3")
            self.protocol = 3

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            raise Closed from None

    def read(self, timeout=None):
        """The next reply: (raw bytes, value)."""
        deadline = time.monotonic() + (REPLY_TIMEOUT_SECONDS if timeout is None else timeout)
        needed = 0
        while True:
            if len(self.received) >= max(needed, 1):
                try:
                    value, end = resp.parse(self.received)
                    raw = bytes(self.received[:end])
                    del self.received[:end]
                    return raw, value
                except resp.Incomplete as incomplete:
                    needed = incomplete.needed
            self._receive(deadline)

    def _receive(self, deadline):
        remaining = max(0.0, deadline - time.monotonic())
        readable, _, _ = select.select([self.socket], [], [], remaining)
        if not readable:
            raise NoReply(bytes(self.received[:200]))
        try:
            data = self.socket.recv(1 << 20)
        except ConnectionResetError:
            raise Closed from None
        if not data:
            raise Closed
        self.received += data

    def call(self, *arguments, timeout=None):
        """Sends one command and returns the value of its reply."""
        self.send(resp.encode(arguments))
        return self.read(timeout)[1]

    def raw_call(self, *arguments):
        self.send(resp.encode(arguments))
        return self.read()[0]

    def read_all(self, timeout=1.0):
        """Everything until the server closes the connection, or until nothing came for `timeout` seconds."""
        closed = False
        try:
            while True:
                self._receive(time.monotonic() + timeout)
        except Closed:
            closed = True
        except NoReply:
            pass
        data, self.received = bytes(self.received), bytearray()
        return data, closed

    def is_closed(self, timeout=2.0):
        """True once the server has closed; replies still on the way are thrown away."""
        return self.read_all(timeout)[1]

    def close(self):
        self.socket.close()


class Server:
    """One server process. `kind` is "needletail" or "redis"."""

    def __init__(self, kind, arguments=(), threads=None, port=None, configuration=None, stdin=None, wait=True):
        self.kind = kind
        self.folder = tempfile.mkdtemp(prefix=f"wire-{kind}-")
        self.port = free_port() if port is None else port
        self.socket_path = os.path.join(self.folder, "socket")
        self.log_path = os.path.join(self.folder, "log")
        self.arguments, self.threads, self.stdin = list(arguments), threads, stdin
        self.configuration = None
        if configuration is not None:
            self.configuration = os.path.join(self.folder, "server.conf")
            pathlib.Path(self.configuration).write_text(configuration)
        self.process = None
        self.start(wait)

    def command_line(self):
        is_redis = self.kind == "redis" or is_stand_in()
        line = [oracle_path() if self.kind == "redis" else needletail_path()]
        if self.stdin is not None:
            line.append("-")
        elif self.configuration is not None:
            line.append(self.configuration)
        if self.port is not False:
            line += ["--port", str(self.port)]
        line += ["--bind", "127.0.0.1", "--dir", self.folder]
        if is_redis:
            line += ["--save", ""]
        elif self.threads is not None:
            line += ["--threads", str(self.threads)]
        return line + [str(argument) for argument in self.arguments]

    def start(self, wait=True):
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            self.command_line(),
            stdin=subprocess.PIPE if self.stdin is not None else subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self.folder,
        )
        log.close()
        if self.stdin is not None:
            self.process.stdin.write(self.stdin.encode())
            self.process.stdin.close()
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self):
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.kind} exited with {self.process.returncode}:\n{self.log()}")
            try:
                connection = self.connect()
                connection.send(b"PING\r\n")
                connection.read()
                connection.close()
                return
            except (OSError, Closed, NoReply):
                if time.monotonic() > deadline:
                    self.stop()
                    raise RuntimeError(f"{self.kind} does not answer:\n{self.log()}") from None
                time.sleep(0.01)

    def connect(self, protocol=2):
        return Connection(("127.0.0.1", self.port), protocol)

    def is_running(self):
        return self.process.poll() is None

    def log(self):
        return pathlib.Path(self.log_path).read_text(errors="replace")

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def close(self):
        """Ends the process and removes its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
