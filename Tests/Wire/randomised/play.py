"""Plays batches of commands to both servers, for a run and for the search for the shortest history."""

import time

from .judge import Judge
from .state import compare as compare_state
from .wire import Lost, Pair, encode, end_of, parse

# Connections of one player: two in RESP2, one in RESP3, so that WATCH has others to notice.
PROTOCOLS = (2, 3, 2)


class Difference(Exception):
    """The servers do not agree. `position`: index into the batch; None when their states differ."""

    def __init__(self, position, command, ours, oracle):
        super().__init__()
        self.position, self.command, self.ours, self.oracle = position, command, ours, oracle

    def text(self):
        if self.command is None:
            return f"key {self.ours!r}: {self.oracle}"
        words = " ".join(shown(word) for word in self.command)
        return f"{words}\n  Needletail {self.ours[:1500]!r}\n  the oracle {self.oracle[:1500]!r}"


def shown(word):
    text = repr(word)[2:-1]
    text = text.replace('"', '\\"')
    return text if text and " " not in text and '"' not in text and "\\" not in text else f'"{text}"'


class Player:
    """Connections to both servers."""

    def __init__(self, our_port, oracle_port):
        self.ports = our_port, oracle_port
        self.judge = Judge()
        self.pairs = [Pair(our_port, oracle_port, protocol) for protocol in PROTOCOLS]
        self.watcher = Pair(our_port, oracle_port)

    def close(self):
        for pair in [*self.pairs, self.watcher]:
            pair.close()

    def fresh(self, thresholds):
        """New connections, empty databases, these thresholds."""
        self.close()
        self.__init__(*self.ports)
        self.watcher.exchange([[b"FLUSHALL"], *([b"CONFIG", b"SET", name, value] for name, value in thresholds)])

    def play(self, connection, commands, ending=None):
        pair = self.pairs[connection]
        ours, oracle = pair.exchange(commands)
        if ending == "pop":
            taken = ours, oracle
            # The last reply is of the pop; what comes before is compared as usual.
            ours, oracle, popped = self._split_pop(commands, *taken)
        found = self.judge.compare(commands[:-1] if ending == "pop" else commands, ours, oracle)
        if found is not None:
            index, ours, oracle = found
            raise Difference(index, commands[index], ours, oracle)
        if ending == "pop":
            self._put_back(pair, commands[-1], *popped, len(commands) - 1)
        elif ending == "expire":
            time.sleep(0.02)
            pair.exchange([[b"EXISTS", *(command[1] for command in commands[-3:] if command[0] == b"PEXPIRE")]])

    @staticmethod
    def _split_pop(commands, ours, oracle):
        heads, popped = [], []
        for data in (ours, oracle):
            position = 0
            for _ in range(len(commands) - 1):
                position = end_of(data, position)
            heads.append(data[:position])
            popped.append(data[position:])
        return heads[0], heads[1], popped

    def _put_back(self, pair, command, ours, oracle, index):
        """What a server took at random goes back, so that both hold the same again."""
        if ours == oracle:
            return
        values = [parse(ours)[0], parse(oracle)[0]]
        taken = []
        for value in values:
            if type(value) is list:
                taken.append([each.split(b"\r\n", 1)[1][:-2] for each in value[1:]])
            elif value[:1] == b"$" and value != b"$-1\r\n":
                taken.append([value.split(b"\r\n", 1)[1][:-2]])
            else:
                raise Difference(index, command, ours, oracle)
        if type(values[0]) is not type(values[1]) or len(taken[0]) != len(taken[1]) or ours[:1] != oracle[:1]:
            raise Difference(index, command, ours, oracle)
        if len(set(taken[0])) != len(taken[0]):
            raise Difference(index, command, ours, oracle)
        if set(taken[0]) == set(taken[1]):
            return
        ours, oracle = pair.exchange_bytes(*(encode([b"SADD", command[1], *each]) for each in taken))
        if ours != oracle:
            raise Difference(index, command, ours, oracle)

    def compare_state(self):
        found = compare_state(self.watcher)
        if found is not None:
            raise Difference(None, None, *found)


def differs(player, thresholds, history):
    """Plays a history of (connection, commands, ending) anew; the difference it ends in, or None."""
    player.fresh(thresholds)
    try:
        for connection, commands, ending in history:
            player.play(connection, commands, ending)
        player.compare_state()
    except (Difference, Lost) as difference:
        return difference
    return None
