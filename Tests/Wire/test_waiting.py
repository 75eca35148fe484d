"""Commands that wait: small plays of several clients, each compared with the oracle reply by reply.

A line of a play is `client COMMAND …`, which is sent and answered; `client& COMMAND …`, which must wait; `client.`,
which reads the reply of what has waited; `client?`, which makes sure that there is none; or `client!`, which hangs up.
"""

import random
import shlex
import threading
import time

import pytest

from harness.resp import encode
from harness.server import NoReply

BOUND = 10

# Keys k1…k8 lie on different shards where there are several.
PLAYS = {
    "list, left": ["a& BLPOP k 0", "w RPUSH k x", "a.", "w EXISTS k"],
    "list, right": ["a& BRPOP k 0", "w RPUSH k x y z", "a.", "w LRANGE k 0 -1"],
    "there already": ["w RPUSH k x y", "a BLPOP none k 0", "a BRPOP k 1"],
    "first come": [
        "a& BLPOP k 0",
        "b& BLPOP k 0",
        "c& BLPOP k 0",
        "w RPUSH k 1 2",
        "a.",
        "b.",
        "c?",
        "w RPUSH k 3",
        "c.",
    ],
    "several keys": [
        "a& BLPOP k1 k2 k3 0",
        "w RPUSH k2 x",
        "a.",
        "w RPUSH k1 y",
        "w RPUSH k3 z",
        "w LLEN k1",
        "w LLEN k3",
    ],
    "same key twice": ["a& BLPOP k k 0", "w RPUSH k x y", "a.", "w LRANGE k 0 -1"],
    "two keys at once": ["a& BLPOP k1 k2 0", "w MULTI", "w RPUSH k2 b", "w RPUSH k1 a", "w EXEC", "a."],
    "element gone before EXEC ends": [
        "a& BLPOP k 0",
        "w MULTI",
        "w RPUSH k x",
        "w DEL k",
        "w EXEC",
        "a?",
        "w RPUSH k y",
        "a.",
    ],
    "timeout": ["a& BLPOP k 0.2", "a."],
    "timeout of a move": ["a& BLMOVE s d LEFT RIGHT 0.2", "a."],
    "timeout of BLMPOP": ["a& BLMPOP 0.2 2 k1 k2 LEFT", "a."],
    "timeout of BZPOPMIN": ["a& BZPOPMIN z 0.2", "a."],
    "timeout of BRPOPLPUSH": ["a& BRPOPLPUSH s d 0.2", "a."],
    "wrong timeouts": [
        "a BLPOP k -1",
        "a BLPOP k x",
        "a BLPOP k 1e400",
        "a BLMOVE s d LEFT RIGHT -1",
        "a BLMOVE s d UP RIGHT 0",
    ],
    "in MULTI nobody waits": [
        "a MULTI",
        "a BLPOP k 0",
        "a BLMOVE s d LEFT RIGHT 0",
        "a BZPOPMIN z 0",
        "a BLMPOP 0 1 k LEFT",
        "a EXEC",
    ],
    "wrong type stays": ["a& BLPOP k 0", "w SET k x", "a?", "w DEL k", "w RPUSH k y", "a."],
    "wrong type there": ["w SET k x", "a BLPOP k 0"],
    "wrong type behind an empty key": ["w SET k2 x", "a BLPOP k1 k2 0"],
    "move": ["a& BLMOVE s d LEFT RIGHT 0", "w RPUSH s x y", "a.", "w LRANGE s 0 -1", "w LRANGE d 0 -1"],
    "move far": ["a& BLMOVE k1 k2 RIGHT LEFT 0", "w RPUSH k1 x y", "a.", "w LRANGE k1 0 -1", "w LRANGE k2 0 -1"],
    "older move": ["a& BRPOPLPUSH k1 k5 0", "w RPUSH k1 x y", "a.", "w LRANGE k5 0 -1"],
    "move to a wrong type": ["w SET k2 x", "a& BLMOVE k1 k2 LEFT LEFT 0", "w RPUSH k1 e", "a.", "w LRANGE k1 0 -1"],
    "move onto itself": ["a& BLMOVE k k LEFT RIGHT 0", "w RPUSH k 1 2 3", "a.", "w LRANGE k 0 -1"],
    "chain of moves": [
        "a& BLMOVE k1 k2 LEFT RIGHT 0",
        "b& BLMOVE k2 k3 LEFT RIGHT 0",
        "c& BLMOVE k3 k4 LEFT RIGHT 0",
        "d& BLPOP k4 0",
        "w RPUSH k1 x",
        "a.",
        "b.",
        "c.",
        "d.",
        "w EXISTS k1 k2 k3 k4",
    ],
    "ring of moves": [
        "a& BLMOVE k1 k2 LEFT RIGHT 0",
        "b& BLMOVE k2 k1 LEFT RIGHT 0",
        "w RPUSH k1 x",
        "a.",
        "b.",
        "w LRANGE k1 0 -1",
    ],
    "move and pop on one key": [
        "a& BLMOVE k1 k2 LEFT RIGHT 0",
        "b& BLPOP k1 0",
        "w RPUSH k1 x y",
        "a.",
        "b.",
        "w LRANGE k2 0 -1",
        "w EXISTS k1",
    ],
    "LINSERT does not wake": [
        "a& BLPOP k 0",
        "w LINSERT k BEFORE p x",
        "a?",
        "w LPUSHX k x",
        "a?",
        "w LPUSH k x",
        "a.",
    ],
    "several at once": ["a& BLMPOP 0 2 k1 k2 RIGHT COUNT 2", "w RPUSH k2 1 2 3", "a.", "w LRANGE k2 0 -1"],
    "woken by RENAME": ["a& BLPOP k2 0", "w RPUSH k1 x y", "w RENAME k1 k2", "a.", "w LRANGE k2 0 -1"],
    "woken by COPY": ["a& BLPOP k2 0", "w RPUSH k1 x y", "w COPY k1 k2", "a.", "w LLEN k1", "w LLEN k2"],
    "woken by MOVE": ["a SELECT 1", "a& BLPOP k 0", "w RPUSH k x", "w MOVE k 1", "a."],
    "woken by SWAPDB": ["a SELECT 1", "a& BLPOP k3 0", "w RPUSH k3 x", "w SWAPDB 0 1", "a."],
    "other database": ["a SELECT 1", "a& BLPOP k 0", "w RPUSH k x", "a?", "w SELECT 1", "w RPUSH k y", "a."],
    "woken by LMOVE": ["a& BLPOP k2 0", "w RPUSH k1 x", "w LMOVE k1 k2 LEFT LEFT", "a.", "w EXISTS k1 k2"],
    "woken by SORT": ["a& BLPOP k2 0", "w RPUSH k1 3 1 2", "w SORT k1 STORE k2", "a.", "w LRANGE k2 0 -1"],
    "FLUSHALL changes nothing": ["a& BLPOP k 0", "w FLUSHALL", "a?", "w RPUSH k x", "a."],
    "lowest": ["a& BZPOPMIN z 0", "w ZADD z 2 b 1 a", "a.", "w ZRANGE z 0 -1"],
    "highest": ["a& BZPOPMAX k1 k2 0", "w ZADD k2 2 b 1 a", "a.", "w ZRANGE k2 0 -1"],
    "several of a sorted set": ["a& BZMPOP 0 2 k1 k2 MAX COUNT 2", "w ZADD k2 1 a 2 b 3 c", "a.", "w ZRANGE k2 0 -1"],
    "woken by ZUNIONSTORE": ["a& BZPOPMIN k2 0", "w ZADD k1 1 a", "w ZUNIONSTORE k2 1 k1", "a."],
    "list and sorted set": ["a& BLPOP k 0", "b& BZPOPMIN k 0", "w ZADD k 1 a", "b.", "a?", "w RPUSH k x", "a."],
    "unblocked": [
        "a CLIENT ID",
        "a& BLPOP k 0",
        "w CLIENT UNBLOCK @a",
        "a.",
        "w CLIENT UNBLOCK @a",
        "w RPUSH k x",
        "w LLEN k",
    ],
    "unblocked by error": ["a& BLMOVE k1 k2 LEFT LEFT 0", "w CLIENT UNBLOCK @a ERROR", "a.", "a PING"],
    "unblocked as by time": ["a& BZPOPMIN k1 0", "w CLIENT UNBLOCK @a TIMEOUT", "a."],
    "killed": ["a& BLPOP k 0", "w CLIENT KILL ID @a", "w RPUSH k x", "w LLEN k"],
    "hung up": ["a& BLPOP k 0", "b& BLPOP k 0", "a!", "w RPUSH k x", "b.", "w EXISTS k"],
    "pipelined behind": ["a& BLPOP k 0 | SET done 1 | GET done", "w GET done", "w RPUSH k x", "a.", "a.", "a."],
    "reply switched off": [
        "a CLIENT REPLY SKIP | PING",
        "a& CLIENT REPLY SKIP | BLPOP k 0 | PING",
        "w RPUSH k x",
        "a.",
        "w EXISTS k",
    ],
    "pushed from MULTI": [
        "a& BLPOP k1 0",
        "b& BLPOP k2 0",
        "w MULTI",
        "w RPUSH k1 x",
        "w RPUSH k2 y",
        "w EXEC",
        "a.",
        "b.",
    ],
    "watched meanwhile": ["v WATCH k", "a& BLPOP k 0", "w RPUSH k x", "a.", "v MULTI", "v PING", "v EXEC"],
    "stream: all who read": [
        "a& XREAD BLOCK 0 STREAMS k $",
        "b& XREAD BLOCK 0 STREAMS k 0",
        "c& XREAD COUNT 1 BLOCK 0 STREAMS k 5",
        "w XADD k 3-1 f v",
        "a.",
        "b.",
        "c?",
        "w XADD k 6-1 f v",
        "c.",
    ],
    "stream: several keys": ["a& XREAD BLOCK 0 STREAMS k1 k2 k3 $ $ 7", "w XADD k3 5-1 f v", "a?", "w XADD k2 1-1 f v", "a."],
    "stream: the end of now": [
        "w XADD k 5-1 f v",
        "a& XREAD BLOCK 0 STREAMS k $",
        "w XADD k 5-2 f v",
        "a.",
        "a& XREAD BLOCK 0 STREAMS k $",
        "w MULTI",
        "w XADD k 5-3 f v",
        "w XADD k 5-4 f v",
        "w EXEC",
        "a.",
    ],
    "stream: timeout": ["a& XREAD BLOCK 100 STREAMS k $", "a.", "w XGROUP CREATE k g 0 MKSTREAM", "a& XREADGROUP GROUP g c BLOCK 100 STREAMS k >", "a."],
    "stream: changes that add nothing": [
        "w XADD k 1-1 f v",
        "a& XREAD BLOCK 0 STREAMS k $",
        "w XTRIM k MAXLEN 0",
        "a?",
        "w DEL k",
        "a?",
        "w SET k x",
        "a?",
        "w DEL k",
        "w XADD k 2-2 f v",
        "a.",
    ],
    "stream: a group in order": [
        "w XGROUP CREATE k g 0 MKSTREAM",
        "w XGROUP CREATE k h 0",
        "a& XREADGROUP GROUP g a BLOCK 0 COUNT 1 STREAMS k >",
        "b& XREADGROUP GROUP g b BLOCK 0 STREAMS k >",
        "c& XREADGROUP GROUP h c BLOCK 0 NOACK STREAMS k >",
        "d& XREAD BLOCK 0 STREAMS k $",
        "w XADD k 1-1 f v",
        "a.",
        "b?",
        "c.",
        "d.",
        "w XADD k 2-1 f v",
        "b.",
        "w XPENDING k g",
        "w XPENDING k h",
    ],
    "stream: groups on several keys": [
        "w XGROUP CREATE k1 g 0 MKSTREAM",
        "w XGROUP CREATE k2 g 0 MKSTREAM",
        "a& XREADGROUP GROUP g a BLOCK 0 STREAMS k1 k2 > >",
        "b& XREADGROUP GROUP g b BLOCK 0 STREAMS k2 k1 > >",
        "w XADD k2 1-1 f v",
        "a.",
        "w XADD k1 1-1 f v",
        "b.",
    ],
    "stream: the group goes": [
        "w XGROUP CREATE k g 0 MKSTREAM",
        "w XGROUP CREATE k h 0",
        "a& XREADGROUP GROUP g a BLOCK 0 STREAMS k >",
        "b& XREADGROUP GROUP h b BLOCK 0 STREAMS k >",
        "w XGROUP DESTROY k g",
        "a.",
        "b?",
        "w XADD k 1-1 f v",
        "b.",
    ],
    "stream: the key goes": [
        "w XGROUP CREATE k g 0 MKSTREAM",
        "a& XREADGROUP GROUP g a BLOCK 0 STREAMS k >",
        "b& XREAD BLOCK 0 STREAMS k $",
        "w DEL k",
        "a.",
        "b?",
        "w XADD k 1-1 f v",
        "b.",
    ],
    "stream: the key becomes another type": ["w XGROUP CREATE k g 0 MKSTREAM", "a& XREADGROUP GROUP g a BLOCK 0 STREAMS k >", "w SET k x", "a."],
    "stream: the key is renamed": ["w XGROUP CREATE k1 g 0 MKSTREAM", "a& XREADGROUP GROUP g a BLOCK 0 STREAMS k1 >", "w RENAME k1 k2", "a."],
    "stream: FLUSHALL": ["w XGROUP CREATE k g 0 MKSTREAM", "a& XREADGROUP GROUP g a BLOCK 0 STREAMS k >", "w FLUSHALL", "a."],
    "stream: woken by RENAME": ["a& XREAD BLOCK 0 STREAMS k2 0", "w XADD k1 1-1 f v", "w RENAME k1 k2", "a."],
    "stream: unblocked": ["a CLIENT ID", "a& XREAD BLOCK 0 STREAMS k $", "w CLIENT UNBLOCK @a", "a.", "w XADD k 1-1 f v", "a PING"],
    "stream: a consumer is made on the way": ["w XGROUP CREATE k g $ MKSTREAM", "a& XREADGROUP GROUP g new BLOCK 0 STREAMS k >", "w XADD k 1-1 f v", "a.", "w XPENDING k g"],
    "one push, pop between": ["a& BLPOP k 0", "w RPUSH k x | LPOP k | LLEN k", "w.", "w.", "w.", "a."],
}


class Stage:
    """One server, and the clients of one play on it."""

    def __init__(self, server, protocol):
        self.server, self.protocol = server, protocol
        self.manager = server.connect()
        self.clients, self.identifiers, self.waiting = {}, {}, 0
        self.transcript = []

    def client(self, name):
        if name not in self.clients:
            self.clients[name] = self.server.connect(self.protocol)
            self.identifiers[name] = self.clients[name].call("CLIENT", "ID")
        return self.clients[name]

    def words(self, text):
        words = shlex.split(text)
        return [str(self.identifiers[word[1:]]) if word.startswith("@") else word for word in words]

    def blocked(self):
        information = self.manager.call("INFO", "clients").decode()
        return int(information.split("blocked_clients:")[1].split("\r\n")[0])

    def play(self, line):
        name, _, text = line.partition(" ")
        kind = name[-1] if name[-1] in "&.?!" else ""
        client = self.client(name.rstrip("&.?!"))
        if kind == "!":
            before = self.blocked()
            client.close()
            self.until(lambda: self.blocked() == before - 1, line)
        elif kind == "?":
            with pytest.raises(NoReply):
                client.read(0.05)
        elif kind == ".":
            self.transcript.append((line, client.read(BOUND)[0]))
        else:
            commands = [self.words(part) for part in text.split("|")]
            before = self.blocked() if kind == "&" else 0
            client.send(b"".join(encode(command) for command in commands))
            if kind == "&":
                self.until(lambda: self.blocked() == before + 1, line)
            elif len(commands) == 1 and "CLIENT ID" not in line:
                self.transcript.append((line, client.read(BOUND)[0]))
            elif "CLIENT ID" in line:
                client.read(BOUND)

    def until(self, holds, line):
        deadline = time.monotonic() + BOUND
        while not holds():
            assert time.monotonic() < deadline, f"{self.server.kind}: {line}"

    def close(self):
        for client in self.clients.values():
            client.close()
        self.until(lambda: self.blocked() == 0, "the end")
        self.manager.close()


def needed_commands(lines):
    parts = [part for line in lines if " " in line for part in line.partition(" ")[2].split("|")]
    return {shlex.split(part)[0] for part in parts}


@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.parametrize("name", PLAYS)
def test_play(flushed, name, protocol):
    lines = PLAYS[name]
    for command in needed_commands(lines):
        if not flushed.has(command):
            pytest.skip(f"{command} is not there yet")
    transcripts = []
    for server in (flushed.needletail, flushed.oracle):
        stage = Stage(server, protocol)
        for line in lines:
            stage.play(line)
        stage.close()
        transcripts.append(stage.transcript)
    assert transcripts[0] == transcripts[1]
    for server in (flushed.needletail, flushed.oracle):
        server.connect().call("FLUSHALL")


def test_many_wait_and_each_is_served_once(eight_threads):
    """A thousand clients wait for a hundred keys; whatever is pushed is delivered once, in the order of arrival."""
    manager = eight_threads.connect()
    if not manager.call("COMMAND", "INFO", "blpop")[0]:
        pytest.skip("BLPOP is not there yet")
    clients = [eight_threads.connect() for _ in range(1000)]
    for number, client in enumerate(clients):
        client.send(encode(["BLPOP", f"never{number}", f"q{number % 100}", "60"]))
    stage_bound = time.monotonic() + BOUND
    while b"blocked_clients:1000" not in manager.call("INFO", "clients"):
        assert time.monotonic() < stage_bound
    pushed = set()
    for number in range(1000):
        element = f"e{number}".encode()
        manager.call("RPUSH", f"q{number % 100}", element)
        pushed.add(element)
    got = [client.read(BOUND)[1][1] for client in clients]
    assert sorted(got) == sorted(pushed)
    assert b"blocked_clients:0" in manager.call("INFO", "clients")
    assert manager.call("DBSIZE") == 0


def test_moves_across_shards_are_answered_once(eight_threads):
    """Moves between keys of many shards, with short timeouts, popped away from and unblocked: one reply each, and no
    element is lost or doubled."""
    manager = eight_threads.connect()
    keys = [f"m{number}" for number in range(4)]
    elements = {f"e{number}".encode() for number in range(6)}
    manager.call("RPUSH", keys[0], *elements)
    until, wrong = time.monotonic() + 4, []
    identifiers = []

    def move(number):
        client, draw = eight_threads.connect(), random.Random(number)
        identifiers.append(client.call("CLIENT", "ID"))
        while time.monotonic() < until and not wrong:
            source, target = draw.sample(keys, 2)
            mark = f"{number}:{draw.random()}"
            moves = [encode(["BLMOVE", source, target, "LEFT", "RIGHT", f"0.00{draw.randint(1, 9)}"])] * 3
            client.send(b"".join(moves) + encode(["ECHO", mark]))
            replies = [client.read(BOUND)[1] for _ in range(4)]
            moved = [reply for reply in replies[:3] if isinstance(reply, bytes) and not reply.startswith(b"UNBLOCKED")]
            if replies[3] != mark.encode() or not elements.issuperset(moved):
                wrong.append(replies)

    def disturb(number):
        client, draw = eight_threads.connect(), random.Random(number)
        while time.monotonic() < until and not wrong:
            key = draw.choice(keys)
            client.call("LMOVE", key, key, "LEFT", "RIGHT")
            client.call("CLIENT", "UNBLOCK", draw.choice(identifiers), draw.choice(["TIMEOUT", "ERROR"]))

    threads = [threading.Thread(target=move, args=(number,)) for number in range(10)]
    threads[0].start()
    while not identifiers:
        time.sleep(0.001)
    threads += [threading.Thread(target=disturb, args=(100 + number,)) for number in range(2)]
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[0]
    left = [element for key in keys for element in manager.call("LRANGE", key, "0", "-1")]
    assert sorted(left) == sorted(elements)
