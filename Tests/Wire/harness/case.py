"""Cases: named lists of steps that run on Needletail and on the oracle alike, and the runner of one case."""

import fnmatch
import time

from . import resp
from .compare import Reply, exact
from .server import Closed, NoReply


class Step:
    """One thing a case does. `text` is what a report shows."""

    def __init__(self, command, check=exact, on="main"):
        # "other> GET k" runs on the connection named "other".
        if isinstance(command, str):
            head, mark, rest = command.partition("> ")
            if mark and head.isidentifier():
                on, command = head, rest
            self.arguments = resp.split(command)
        else:
            self.arguments = [
                a.encode() if isinstance(a, str) else a if isinstance(a, bytes) else str(a).encode() for a in command
            ]
        self.check, self.on = check, on

    def commands(self):
        return [self.arguments]

    @property
    def text(self):
        shown = " ".join(repr(argument)[2:-1] or "''" for argument in self.arguments)
        return (f"{self.on}> " if self.on != "main" else "") + (shown if len(shown) < 200 else shown[:200] + "...")

    def run(self, client):
        """The reply, or None where there is nothing to compare."""
        connection = client.connection(self.on)
        connection.send(resp.encode(self.arguments))
        return Reply(*connection.read())

    def judge(self, ours, oracle, protocol):
        return self.check(ours, oracle)


class Expect(Step):
    """A command whose reply is given: for what the oracle is too old to know."""

    def __init__(self, command, resp2, resp3=None, on="main"):
        super().__init__(command, on=on)
        self.resp2, self.resp3 = resp2, resp2 if resp3 is None else resp3

    def judge(self, ours, oracle, protocol):
        wanted = self.resp3 if protocol == 3 else self.resp2
        if callable(wanted):
            return None if wanted(ours.value) else "is not what is expected"
        raw = (
            wanted
            if isinstance(wanted, bytes) and wanted[:1] in b"+-:$*_#,%~>=(" and wanted.endswith(b"\r\n")
            else resp.serialise(wanted, protocol)
        )
        return None if ours.raw == raw else f"is not {raw!r}"


class Send(Step):
    """Sends a command and waits for nothing."""

    def run(self, client):
        client.connection(self.on).send(resp.encode(self.arguments))
        # The other server must not overtake: what a blocked command waits for comes from another connection.
        time.sleep(0.02)


class SendBytes(Step):
    """Sends bytes as they are; `replies` of them are read and compared one by one."""

    def __init__(self, data, replies=0, check=exact, on="main"):
        self.data, self.replies, self.check, self.on = data, replies, check, on
        self.arguments = []

    def commands(self):
        return []

    @property
    def text(self):
        return f"bytes {self.data[:120]!r}"

    def run(self, client):
        connection = client.connection(self.on)
        connection.send(self.data)
        read = [connection.read() for _ in range(self.replies)]
        if not read:
            return None
        return Reply(b"".join(raw for raw, _ in read), [value for _, value in read])


class Read(Step):
    """Reads one more reply: a push, a second message, the answer of a blocked command."""

    def __init__(self, check=exact, on="main"):
        self.check, self.on, self.arguments = check, on, []

    def commands(self):
        return []

    @property
    def text(self):
        return f"{self.on}> (reads a reply)"

    def run(self, client):
        return Reply(*client.connection(self.on).read())


class Silence(Read):
    """Nothing may come for `seconds`."""

    def __init__(self, seconds=0.05, on="main"):
        super().__init__(on=on)
        self.seconds = seconds

    @property
    def text(self):
        return f"{self.on}> (reads nothing)"

    def run(self, client):
        try:
            return Reply(*client.connection(self.on).read(self.seconds))
        except NoReply:
            return Reply(b"silence", None)

    def judge(self, ours, oracle, protocol):
        return None if ours.raw == b"silence" else "came unasked"


class IsClosed(Read):
    """The server closes the connection; what it says last is compared."""

    @property
    def text(self):
        return f"{self.on}> (reads the end)"

    def run(self, client):
        data, closed = client.connection(self.on).read_all()
        return Reply(data + (b" closed" if closed else b" still open"), closed)


class Sleep(Step):
    """Lets time pass; both servers share the wait."""

    def __init__(self, seconds):
        self.seconds, self.on, self.arguments = seconds, "main", []

    def commands(self):
        return []

    @property
    def text(self):
        return f"(waits {self.seconds} s)"


class Pipeline(Step):
    """Several commands in one write; every reply is compared."""

    def __init__(self, *commands, check=exact, on="main"):
        self.steps = [Step(command, on=on) for command in commands]
        self.check, self.on, self.arguments = check, on, []

    def commands(self):
        return [step.arguments for step in self.steps]

    @property
    def text(self):
        return "pipeline of " + "; ".join(step.text for step in self.steps)[:200]

    def run(self, client):
        connection = client.connection(self.on)
        connection.send(b"".join(resp.encode(step.arguments) for step in self.steps))
        read = [connection.read() for _ in self.steps]
        return Reply(b"".join(raw for raw, _ in read), [value for _, value in read])


class Case:
    """A name and its steps. `needs`: commands the server must have; `protocols`: which of 2 and 3."""

    def __init__(self, name, steps, needs=(), protocols=(2, 3), literal=False):
        self.name, self.needs, self.protocols = name, tuple(needs), protocols
        self.steps = [self._step(step) for step in steps]
        self.literal = literal or any(isinstance(step, Expect) for step in self.steps)

    @staticmethod
    def _step(step):
        if isinstance(step, Step):
            return step
        if isinstance(step, tuple) and len(step) == 2 and callable(step[1]):
            return Step(*step)
        return Step(step)

    def commands(self):
        return [arguments for step in self.steps for arguments in step.commands() if arguments]

    def __repr__(self):
        return self.name


def case(name, *steps, **options):
    return Case(name, steps, **options)


def literal(name, *steps, **options):
    """A case whose replies are written out: each step is (command, reply) or (command, RESP2, RESP3)."""

    def one(step):
        return step if isinstance(step, Step) else Expect(*step) if isinstance(step, tuple) else Step(step, _ok)

    return Case(name, [one(step) for step in steps], literal=True, **options)


def _ok(ours, oracle):
    return "is an error" if isinstance(ours.value, resp.Error) else None


def wrong_arity(commands):
    """One case a command: too few arguments, and too many where there is a limit."""
    cases = []
    for name, arity in commands.items():
        words = name.split()
        fixed = [b"x"] * 20
        steps = []
        if abs(arity) > len(words):
            steps.append(Step([*words, *fixed[: abs(arity) - len(words) - 1]]))
            if len(words) == 1:
                steps.append(Step([name.swapcase()]))
        if arity > 0:
            steps.append(Step([*words, *fixed[: arity - len(words) + 1]]))
        cases.append(Case(f"{name}: wrong number of arguments", steps))
    return cases


class Client:
    """One side of a case: the connections it has opened on one server."""

    def __init__(self, server, protocol):
        self.server, self.protocol, self.connections = server, protocol, {}

    def connection(self, name):
        found = self.connections.get(name)
        if found is None:
            # A name that ends in 2 or 3 chooses its protocol itself: "plain2".
            protocol = int(name[-1]) if name[-1] in "23" else self.protocol
            found = self.connections[name] = self.server.connect(protocol)
        return found

    def close(self):
        for connection in self.connections.values():
            connection.close()


def _attempt(step, client, name):
    try:
        return step.run(client), None
    except Closed:
        return None, f"{name} closed the connection"
    except NoReply:
        return None, f"{name} does not answer"
    except (OSError, resp.Malformed, ValueError, RuntimeError) as error:
        return None, f"{name}: {error!r}"


def run(case, protocol, needletail, oracle, differences=()):
    """Runs the case on both servers; returns what is wrong, one line a step, and the differences that showed."""
    ours, theirs = Client(needletail, protocol), Client(oracle, protocol)
    wrong, seen = [], set()
    try:
        for position, step in enumerate(case.steps):
            if isinstance(step, Sleep):
                time.sleep(step.seconds)
                continue
            oracle_reply, trouble = (None, None) if case.literal else _attempt(step, theirs, "the oracle")
            our_reply, our_trouble = _attempt(step, ours, "Needletail")
            if trouble or our_trouble:
                if not (trouble and our_trouble and trouble.endswith("connection")):
                    wrong.append(f"  {position}. {step.text}\n       {trouble or ''} {our_trouble or ''}")
                break
            if our_reply is None:
                continue
            verdict = step.judge(our_reply, oracle_reply, protocol)
            if verdict is None:
                continue
            intended = next((each for each in differences if each.covers(case, step, our_reply)), None)
            if intended is not None:
                seen.add(intended)
                continue
            wrong.append(
                f"  {position}. {step.text}\n       Needletail {our_reply} {verdict}"
                + ("" if case.literal else f"\n       oracle     {oracle_reply}")
            )
    finally:
        ours.close()
        theirs.close()
    return wrong, seen


class Difference:
    """A difference from the oracle that is meant: which cases, which command, what Needletail says, and why."""

    def __init__(self, cases, command, reply, reason):
        self.cases, self.command, self.reply, self.reason = cases, command, reply, reason

    def covers(self, case, step, ours):
        return (
            fnmatch.fnmatchcase(case.name, self.cases)
            and fnmatch.fnmatchcase(step.text, self.command)
            and (self.reply(ours.value) if callable(self.reply) else ours.raw == self.reply)
        )
