"""Promises under concurrency, over the wire, with eight threads: order in pipelines, atomicity of commands over several
shards, transactions, and clients that vanish. Each runs a few seconds; WIRE_SECONDS makes them longer."""

import os
import random
import socket
import threading
import time

import pytest

from harness.resp import Error, encode
from harness.server import Closed, NoReply, is_stand_in

SECONDS = float(os.environ.get("WIRE_SECONDS", "2"))


class Crew:
    """Threads that run until the time is up or one of them has found something."""

    def __init__(self, server, seconds=None):
        self.server = server
        self.deadline = time.monotonic() + (SECONDS if seconds is None else seconds)
        self.found, self.threads, self.counts = [], [], []

    def going(self):
        return not self.found and time.monotonic() < self.deadline

    def add(self, work, *arguments):
        def body():
            connection = self.server.connect()
            connection.socket.settimeout(30)
            turns = 0
            try:
                while self.going():
                    wrong = work(connection, *arguments)
                    turns += 1
                    if wrong:
                        self.found.append(wrong)
            except (Closed, NoReply, OSError, AssertionError) as error:
                self.found.append(f"{work.__name__}: {error!r}")
            finally:
                self.counts.append(turns)
                connection.close()

        self.threads.append(threading.Thread(target=body))

    def run(self):
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join()
        assert not self.found, self.found[0]
        assert sum(self.counts) >= len(self.threads), "nothing happened"
        assert self.server.connect().call("PING") == b"PONG"


def pipeline(connection, *commands):
    connection.send(b"".join(encode(command) for command in commands))
    return [connection.read(30)[1] for _ in commands]


def names(prefix, count):
    """Keys that fall on many shards."""
    return [f"{prefix}:{number}" for number in range(count)]


@pytest.mark.parametrize("reader", ["pipelined", "one by one", "MGET", "MULTI"])
@pytest.mark.parametrize("writer", ["pipelined", "one by one", "MSET", "MULTI"])
def test_who_sees_the_flag_sees_the_data(eight_threads, writer, reader):
    """A writer writes data, then the flag; whoever reads the flag and then the data never finds older data."""
    pairs = [(f"data:{number}", f"flag:{number}") for number in range(16)]
    setup = eight_threads.connect()
    setup.call("MSET", *[word for data, flag in pairs for word in (data, "0", flag, "0")])
    numbers = {}

    def write(connection, own):
        number = numbers[own] = numbers.get(own, 0) + 1
        data, flag = pairs[own]
        if writer == "pipelined":
            # Several rounds' worth in one write: the order must hold all along.
            pipeline(
                connection,
                *[
                    command
                    for step in range(8)
                    for command in (["SET", data, number * 8 + step], ["SET", flag, number * 8 + step])
                ],
            )
        elif writer == "MSET":
            connection.call("MSET", data, number, flag, number)
        elif writer == "MULTI":
            pipeline(connection, ["MULTI"], ["SET", data, number], ["SET", flag, number], ["EXEC"])
        else:
            connection.call("SET", data, number)
            connection.call("SET", flag, number)
        return None

    def read(connection):
        data, flag = pairs[random.randrange(4)]
        if reader == "pipelined":
            answers = pipeline(connection, ["GET", flag], ["GET", data])
        elif reader == "MGET":
            answers = connection.call("MGET", flag, data)
        elif reader == "MULTI":
            answers = pipeline(connection, ["MULTI"], ["GET", flag], ["GET", data], ["EXEC"])[3]
        else:
            answers = [connection.call("GET", flag), connection.call("GET", data)]
        seen_flag, seen_data = map(int, answers)
        return None if seen_data >= seen_flag else f"flag {seen_flag}, but data {seen_data}"

    crew = Crew(eight_threads, SECONDS / 2)
    for own in range(4):
        crew.add(write, own)
        crew.add(read)
    crew.run()


def test_mset_is_never_seen_half_done(eight_threads):
    keys = names("wide", 24)
    eight_threads.connect().call("MSET", *[word for key in keys for word in (key, "0")])

    def write(connection, own):
        value = f"{own}-{random.randrange(1 << 30)}"
        shuffled = random.sample(keys, len(keys))
        connection.call("MSET", *[word for key in shuffled for word in (key, value)])

    def read(connection):
        values = set(connection.call("MGET", *random.sample(keys, len(keys))))
        return None if len(values) == 1 else f"half done: {values}"

    def read_pipelined(connection):
        first, second = pipeline(connection, ["MGET", *keys], ["MGET", *reversed(keys)])
        return None if len(set(first)) == 1 and len(set(second)) == 1 else f"half done: {set(first)}, {set(second)}"

    crew = Crew(eight_threads)
    for own in range(3):
        crew.add(write, own)
        crew.add(read)
        crew.add(read_pipelined)
    crew.run()


def test_mset_and_del_are_all_or_nothing(eight_threads):
    keys = names("all", 20)

    def write(connection):
        connection.call("MSET", *[word for key in keys for word in (key, "1")])

    def delete(connection):
        removed = connection.call("DEL", *random.sample(keys, len(keys)))
        return None if removed in (0, len(keys)) else f"removed {removed} of {len(keys)}"

    def count(connection):
        found = connection.call("EXISTS", *keys)
        return None if found in (0, len(keys)) else f"{found} of {len(keys)} exist"

    def write_if_none(connection):
        connection.call("MSETNX", *[word for key in random.sample(keys, len(keys)) for word in (key, "2")])

    crew = Crew(eight_threads)
    for work in (write, delete, count, write_if_none) * 2:
        crew.add(work)
    crew.run()


def test_transfers_keep_the_sum(eight_threads):
    """WATCH, MULTI, EXEC move amounts between accounts; the sum never changes, however it is read."""
    accounts, amount = names("account", 12), 1000
    total = amount * len(accounts)
    eight_threads.connect().call("MSET", *[word for account in accounts for word in (account, amount)])
    outcomes = {"done": 0, "refused": 0}

    def transfer(connection):
        source, target = random.sample(accounts, 2)
        _, balance, other = pipeline(connection, ["WATCH", source, target], ["GET", source], ["GET", target])
        moved = random.randrange(1, 100)
        if int(balance) < moved:
            connection.call("UNWATCH")
            return None
        answer = pipeline(
            connection, ["MULTI"], ["SET", source, int(balance) - moved], ["SET", target, int(other) + moved], ["EXEC"]
        )[3]
        outcomes["done" if isinstance(answer, list) else "refused"] += 1
        return None if not isinstance(answer, Error) else repr(answer)

    def transfer_blindly(connection):
        source, target = random.sample(accounts, 2)
        moved = random.randrange(1, 20)
        pipeline(connection, ["MULTI"], ["DECRBY", source, moved], ["INCRBY", target, moved], ["EXEC"])

    def sum_in_a_transaction(connection):
        shuffled = random.sample(accounts, len(accounts))
        values = pipeline(connection, ["MULTI"], *[["GET", account] for account in shuffled], ["EXEC"])[-1]
        found = sum(map(int, values))
        return None if found == total else f"the sum is {found}, not {total}"

    def sum_by_mget(connection):
        found = sum(map(int, connection.call("MGET", *random.sample(accounts, len(accounts)))))
        return None if found == total else f"the sum is {found}, not {total}"

    crew = Crew(eight_threads, SECONDS * 1.5)
    for work in (transfer, transfer_blindly, sum_in_a_transaction, sum_by_mget, transfer) * 2:
        crew.add(work)
    crew.run()
    assert outcomes["done"] > 0


def test_increments_under_watch_are_not_lost(eight_threads):
    eight_threads.connect().call("SET", "counter", 0)
    done = []

    def increment(connection):
        connection.call("WATCH", "counter")
        value = int(connection.call("GET", "counter"))
        answer = pipeline(
            connection, ["MULTI"], ["SET", "counter", value + 1], ["SET", f"seen:{value % 50}", value], ["EXEC"]
        )[3]
        if isinstance(answer, list):
            done.append(1)

    crew = Crew(eight_threads)
    for _ in range(8):
        crew.add(increment)
    crew.run()
    assert int(eight_threads.connect().call("GET", "counter")) == len(done)


def test_renames_are_atomic(eight_threads):
    """One of the two names exists at any moment, never both, never none."""
    pairs = [(f"here:{number}", f"there:{number}") for number in range(6)]
    for here, _ in pairs:
        eight_threads.connect().call("SET", here, "value")

    def rename(connection, own):
        here, there = pairs[own]
        connection.call("RENAME", here, there)
        connection.call("RENAME", there, here)

    def count_in_a_transaction(connection):
        here, there = random.choice(pairs)
        answers = pipeline(connection, ["MULTI"], ["EXISTS", here], ["EXISTS", there], ["EXEC"])[3]
        return None if sum(answers) == 1 else f"{sum(answers)} names in a transaction"

    def count(connection):
        here, there = random.choice(pairs)
        found = connection.call("EXISTS", here, there)
        return None if found == 1 else f"{found} names exist"

    def read(connection):
        values = connection.call("MGET", *random.choice(pairs))
        return None if sorted(values, key=repr) == sorted([b"value", None], key=repr) else f"values {values}"

    crew = Crew(eight_threads)
    for own in range(len(pairs)):
        crew.add(rename, own)
    for work in (count_in_a_transaction, count, read):
        crew.add(work)
    crew.run()


def test_crossed_renames_and_copies_do_not_deadlock(eight_threads):
    keys = names("crossed", 8)

    def work(connection):
        first, second, third = random.sample(keys, 3)
        pipeline(
            connection,
            ["SET", first, "1"],
            ["RENAME", first, second],
            ["COPY", second, third, "REPLACE"],
            ["RENAMENX", third, first],
            ["MSETNX", first, "1", second, "2"],
            ["MGET", first, second, third],
            ["DEL", second, third],
            ["MULTI"],
            ["RENAME", third, first],
            ["GET", first],
            ["EXEC"],
        )

    crew = Crew(eight_threads)
    for _ in range(12):
        crew.add(work)
    crew.run()


def test_counters_count_every_increment(eight_threads):
    keys, totals = names("count", 40), []

    def increment(connection):
        chosen = [random.choice(keys) for _ in range(100)]
        answers = pipeline(connection, *[["INCR", key] for key in chosen])
        totals.append(len(answers))
        # Within a pipeline a key's own answers ascend.
        last = {}
        for key, answer in zip(chosen, answers):
            if answer <= last.get(key, 0):
                return f"{key} went from {last[key]} to {answer}"
            last[key] = answer

    crew = Crew(eight_threads)
    for _ in range(8):
        crew.add(increment)
    crew.run()
    assert sum(map(int, filter(None, eight_threads.connect().call("MGET", *keys)))) == sum(totals)


def test_flushall_leaves_nothing_half_done(eight_threads):
    keys = names("flushed", 16)

    def write(connection):
        connection.call("MSET", *[word for key in keys for word in (key, "1")])

    def flush(connection):
        connection.call("FLUSHALL")

    def count(connection):
        found = connection.call("EXISTS", *keys)
        return None if found in (0, len(keys)) else f"{found} of {len(keys)} exist"

    def size(connection):
        found = connection.call("DBSIZE")
        return None if found in (0, len(keys)) else f"DBSIZE {found}"

    crew = Crew(eight_threads)
    for work in (write, flush, count, size) * 2:
        crew.add(work)
    crew.run()


def test_swapdb_is_atomic(eight_threads):
    keys = names("swapped", 12)
    setup = eight_threads.connect()
    setup.call("MSET", *[word for key in keys for word in (key, "zero")])
    setup.call("SELECT", 1)
    setup.call("MSET", *[word for key in keys for word in (key, "one")])

    def swap(connection):
        connection.call("SWAPDB", 0, 1)

    def read(connection):
        values = set(connection.call("MGET", *keys))
        return None if len(values) == 1 else f"half swapped: {values}"

    crew = Crew(eight_threads)
    for work in (swap, read, read, read) * 2:
        crew.add(work)
    crew.run()


def test_keys_and_scan_find_what_stays(eight_threads):
    stays = names("stays", 2000)
    eight_threads.connect().call("MSET", *[word for key in stays for word in (key, "1")])
    wanted = {key.encode() for key in stays}

    def churn(connection):
        chosen = [f"goes:{random.randrange(20000)}" for _ in range(50)]
        pipeline(connection, *[["SET", key, "x"] for key in chosen])
        pipeline(connection, *[["DEL", key] for key in chosen[:40]])

    def scan(connection):
        cursor, found = b"0", set()
        while True:
            cursor, page = connection.call("SCAN", cursor, "COUNT", random.choice([5, 50, 500]))
            found.update(page)
            if cursor == b"0":
                break
        return None if wanted <= found else f"the scan missed {len(wanted - found)}"

    def list_keys(connection):
        found = set(connection.call("KEYS", "stays:*"))
        return None if found == wanted else f"KEYS found {len(found)}"

    crew = Crew(eight_threads)
    for work in (churn, churn, churn, scan, scan, list_keys):
        crew.add(work)
    crew.run()


def test_expiry_under_load(eight_threads):
    def work(connection):
        key = f"short:{random.randrange(500)}"
        pipeline(
            connection,
            ["SET", key, "v", "PX", random.randrange(1, 30)],
            ["GET", key],
            ["EXPIRE", key, 100],
            ["PERSIST", key],
            ["PEXPIRE", key, 5],
            ["TTL", key],
        )

    crew = Crew(eight_threads)
    for _ in range(6):
        crew.add(work)
    crew.run()
    time.sleep(1)
    assert eight_threads.connect().call("DBSIZE") == 0


def test_connections_that_vanish(eight_threads):
    """Clients closed at any point of half-sent commands, in the middle of pipelines, transactions and large values."""
    stream = b"".join(
        [
            encode(["MULTI"]),
            *[encode(["SET", f"k{i}", "x" * 50]) for i in range(20)],
            encode(["EXEC"]),
            encode(["WATCH", *names("w", 10)]),
            encode(["MGET", *names("k", 30)]),
            encode(["SET", "large", "y" * 60000]),
            encode(["RENAME", "k1", "k2"]),
            encode(["GET", "large"]) * 5,
            encode(["MSET", *[word for key in names("m", 20) for word in (key, "1")]]),
        ]
    )

    def vanish(_):
        connection = eight_threads.connect()
        try:
            connection.send(stream[: random.randrange(1, len(stream))])
            if random.random() < 0.5:
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            if random.random() < 0.3:
                connection.read(1)
        except (Closed, NoReply):
            pass
        connection.close()

    def stay(connection):
        value = str(random.randrange(1 << 40)).encode()
        key = f"own:{value.decode()}"
        answers = pipeline(connection, ["SET", key, value], ["GET", key], ["DEL", key])
        return None if answers == [b"OK", value, 1] else f"answers {answers}"

    crew = Crew(eight_threads)
    for _ in range(6):
        crew.add(vanish)
    for _ in range(3):
        crew.add(stay)
    crew.run()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        information = eight_threads.connect().call("INFO", "clients").decode()
        if "connected_clients:1\r\n" in information:
            break
        time.sleep(0.05)
    assert "connected_clients:1\r\n" in information


def test_clients_killed_at_work(eight_threads):
    def work(connection):
        own = eight_threads.connect()
        number = own.call("CLIENT", "ID")
        own.send(b"".join(encode(["INCR", f"n{random.randrange(50)}"]) for _ in range(200)))
        killed = connection.call("CLIENT", "KILL", "ID", number)
        assert killed == 1, killed
        assert own.is_closed(5)
        own.close()

    crew = Crew(eight_threads)
    for _ in range(4):
        crew.add(work)
    crew.run()


def test_configuration_changes_under_load(eight_threads):
    def work(connection):
        pipeline(connection, *[["SET", f"k{random.randrange(100)}", "v"] for _ in range(20)], ["MGET", *names("k", 5)])

    def configure(connection):
        connection.call("CONFIG", "SET", "timeout", random.randrange(100, 200), "hz", random.randrange(1, 100))
        connection.call("CONFIG", "GET", "*")
        connection.call("INFO", "everything")
        connection.call("CLIENT", "LIST")

    crew = Crew(eight_threads)
    for _ in range(4):
        crew.add(work)
    for _ in range(2):
        crew.add(configure)
    crew.run()


def test_monitor_and_pause_under_load(eight_threads):
    def work(connection):
        pipeline(connection, *[["INCR", f"k{random.randrange(100)}"] for _ in range(30)])

    def watch(connection):
        watcher = eight_threads.connect()
        watcher.send(b"MONITOR\r\n")
        watcher.read_all(0.05)
        watcher.close()
        connection.call("PING")

    def pause(connection):
        connection.call("CLIENT", "PAUSE", 10, random.choice(["WRITE", "ALL"]))
        time.sleep(0.02)
        connection.call("CLIENT", "UNPAUSE")

    if is_stand_in():
        pytest.skip("nothing to learn")
    crew = Crew(eight_threads)
    for each in (work, work, work, watch, pause):
        crew.add(each)
    crew.run()
