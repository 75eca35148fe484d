"""A run: epochs of random commands, each from an empty server with thresholds of its own."""

import time

from harness.server import Server

from .generator import THRESHOLDS, Generator
from .play import Difference, Player, shown
from .shrink import shorten
from .wire import Lost, parse

EPOCH_COMMANDS = 20_000
STATE_EVERY_COMMANDS = 5_000


class Report:
    """What a run has found."""

    def __init__(self):
        self.commands, self.epochs, self.differences = 0, 0, []


def known_commands(pair):
    """Names of the commands that both servers have."""
    names = []
    for reply in pair.exchange([[b"COMMAND"]]):
        value = parse(reply)[0]
        names.append({entry[1].split(b"\r\n")[1].upper() for entry in value[1:]})
    return names[0] & names[1]


class Run:
    """One pair of servers; `play` runs epochs until the time or the commands are over.

    `servers`: Needletail with so many threads, and the oracle, if they run already.
    """

    def __init__(self, seed, threads, families=None, shrink_seconds=60, note=print, servers=None):
        self.seed, self.threads, self.families, self.lent = seed, threads, families, servers
        self.shrink_seconds, self.note = shrink_seconds, note
        self.report = Report()

    def play(self, seconds=None, commands=None, first_epoch=0, epochs=None, differences=1):
        deadline = None if seconds is None else time.monotonic() + seconds
        epoch = first_epoch
        while True:
            with self._servers() as servers:
                epoch = self._epochs(servers, epoch, deadline, commands, epochs, first_epoch, differences)
            if epoch is None:
                return self.report

    def _epochs(self, servers, epoch, deadline, commands, epochs, first_epoch, differences):
        """Runs epochs; None when the run is over, or the next epoch when the servers must be started anew."""
        player = Player(*servers.ports())
        try:
            return self._epochs_of(player, servers, epoch, deadline, commands, epochs, first_epoch, differences)
        finally:
            player.close()

    def _epochs_of(self, player, servers, epoch, deadline, commands, epochs, first_epoch, differences):
        report = self.report
        known = known_commands(player.watcher)
        while True:
            is_late = deadline is not None and time.monotonic() >= deadline
            is_long = commands is not None and report.commands >= commands
            if is_late or is_long or (epochs is not None and epoch >= first_epoch + epochs):
                return None
            if not self._epoch(player, known, epoch, servers, deadline):
                if len(report.differences) >= differences:
                    return None
                return epoch + 1
            epoch += 1
            report.epochs += 1

    def _epoch(self, player, known, epoch, servers, deadline):
        generator = Generator(f"{self.seed}/{epoch}", known, self.families)
        thresholds = generator.thresholds()
        player.fresh(thresholds)
        history, count, compared = [], 0, 0
        try:
            while count < EPOCH_COMMANDS and (deadline is None or time.monotonic() < deadline):
                connection = 0 if generator.chance(0.6) else generator.number(1, 2)
                commands, ending = generator.batch()
                history.append((connection, commands, ending))
                player.play(connection, commands, ending)
                count += len(commands)
                if count - compared >= STATE_EVERY_COMMANDS:
                    compared = count
                    player.compare_state()
            player.compare_state()
        except Difference as difference:
            self._describe(player, thresholds, history, difference, epoch, servers)
            return False
        except Lost as lost:
            self._describe(None, thresholds, history, lost, epoch, servers)
            return False
        finally:
            self.report.commands += count
        return True

    def _describe(self, player, thresholds, history, difference, epoch, servers):
        lines = [f"DIFFERENCE, seed {self.seed}, epoch {epoch}, {self.threads} threads"]
        if isinstance(difference, Lost):
            lines += [str(difference), *servers.logs()]
        else:
            lines.append(difference.text())
            if difference.position is not None:
                connection, commands, ending = history[-1]
                cut = commands[: difference.position + 1]
                history = [*history[:-1], (connection, cut, ending if len(cut) == len(commands) else None)]
        if self.shrink_seconds > 0:
            lines += self._short_history(player, thresholds, history, servers)
        lines.append(f"again: tools/oracle --seed {self.seed} --epoch {epoch} --threads {self.threads}")
        text = "\n".join(lines)
        self.report.differences.append(text)
        self.note(text)

    def _short_history(self, player, thresholds, history, servers):
        if player is None:
            servers.restart()
            player = Player(*servers.ports())
        try:
            found = shorten(Revived(player, servers), thresholds, history, self.shrink_seconds)
        except (Lost, OSError) as lost:
            return [f"the search for a short history ended: {lost}"]
        if found is None:
            return ["the same commands again show no difference"]
        difference, short = found
        settings = " ".join(f"{name.decode()} {value.decode()}" for name, value in thresholds)
        lines = [f"shortest history found, after CONFIG SET {settings}"]
        for connection, commands, ending in short:
            lines += [f"  {connection}> " + " ".join(shown(word[:300]) for word in command) for command in commands]
            if ending == "expire":
                lines.append("  (waits 20 ms)")
        if not isinstance(difference, Lost):
            lines.append("which ends in " + difference.text())
        return [*lines, *([str(difference)] if isinstance(difference, Lost) else [])]

    def _servers(self):
        return Lent(*self.lent) if self.lent else Servers(self.threads)


class Revived:
    """A player whose servers are started again when one has died."""

    def __init__(self, player, servers):
        self.player, self.servers = player, servers

    def fresh(self, thresholds):
        try:
            self.player.fresh(thresholds)
        except (Lost, OSError):
            self.servers.restart()
            self.player = Player(*self.servers.ports())
            self.player.fresh(thresholds)

    def play(self, *arguments):
        self.player.play(*arguments)

    def compare_state(self):
        self.player.compare_state()


class Servers:
    """Needletail and the oracle, for as long as the run lasts."""

    def __init__(self, threads):
        self.needletail = Server("needletail", threads=threads)
        self.oracle = Server("redis")

    def ports(self):
        return self.needletail.port, self.oracle.port

    def restart(self):
        for server in (self.needletail, self.oracle):
            server.stop()
            server.start()

    def logs(self):
        running = [f"{each.kind} runs" if each.is_running() else f"{each.kind} has ended" for each in self._both()]
        return [*running, "the last of Needletail's log:", self.needletail.log()[-3000:]]

    def _both(self):
        return self.needletail, self.oracle

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self._both():
            server.close()


class Lent(Servers):
    """Servers that others use as well: they stay, with the thresholds that they have had."""

    def __init__(self, needletail, oracle):
        self.needletail, self.oracle = needletail, oracle

    def __enter__(self):
        self.kept = [[self._call(server, "GET", name)[:2] for name in THRESHOLDS] for server in self._both()]
        return self

    def __exit__(self, *_):
        for server, kept in zip(self._both(), self.kept):
            for setting in filter(None, kept):
                self._call(server, "SET", *setting)

    @staticmethod
    def _call(server, *words):
        connection = server.connect()
        try:
            return connection.call("CONFIG", *words)
        finally:
            connection.close()
