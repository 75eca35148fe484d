"""MEMORY USAGE against what the server allocates, MEMORY STATS, MEMORY DOCTOR, INFO memory, and active defragmentation."""

import time

import pytest

from harness.resp import encode
from harness.waiting import until

KEYS = 10_000


def fields(connection, section="memory"):
    text = connection.call("INFO", section).decode()
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


def used(connection):
    return int(fields(connection)["used_memory"])


def statistics(connection):
    reply = connection.call("MEMORY", "STATS")
    if isinstance(reply, dict):
        return {name.decode(): value for name, value in reply.items()}
    return {reply[place].decode(): reply[place + 1] for place in range(0, len(reply), 2)}


def words(count, length):
    return [(b"%d-" % number * length)[:length] for number in range(count)]


def pairs(count, length):
    return [word for number in range(count) for word in (b"field:%d" % number, b"v" * length)]


def scored(count, length):
    return [word for number, member in enumerate(words(count, length)) for word in (b"%d" % number, member)]


SHAPES = {
    "integer": (["SET"], ["12345"], "int"),
    "embedded": (["SET"], ["x" * 30], "embstr"),
    "raw": (["SET"], ["x" * 700], "raw"),
    "long string": (["SET"], ["x" * 40_000], "raw"),
    "small list": (["RPUSH"], words(10, 20), "listpack"),
    "large list": (["RPUSH"], words(1000, 40), "quicklist"),
    "integers": (["SADD"], [str(number * 100) for number in range(100)], "intset"),
    "small set": (["SADD"], words(20, 15), "listpack"),
    "large set": (["SADD"], words(300, 15), "hashtable"),
    "small hash": (["HSET"], pairs(10, 20), "listpack"),
    "large hash": (["HSET"], pairs(600, 20), "hashtable"),
    "small sorted set": (["ZADD"], scored(20, 15), "listpack"),
    "large sorted set": (["ZADD"], scored(400, 15), "skiplist"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_usage_is_within_a_tenth_of_the_truth(pair, name):
    command, arguments, encoding = SHAPES[name]
    connection = pair.needletail.connect()
    keys = KEYS if len(arguments) < 50 else KEYS // 20
    commands = [[*command, "key:%012d" % number, *arguments] for number in range(keys)]
    # Once for the buffers of the connection, which stay; once to be measured.
    for _ in range(2):
        pair.flush()
        settle(connection)
        before = used(connection)
        pipeline(connection, commands)
        truth = (used(connection) - before) / keys
    assert connection.call("OBJECT", "ENCODING", "key:%012d" % 7) == encoding.encode()
    told = [connection.call("MEMORY", "USAGE", "key:%012d" % number) for number in range(0, keys, keys // 20)]
    mean = sum(told) / len(told)
    assert 0.9 * truth <= mean <= 1.1 * truth, f"{mean} bytes are told, {truth} are taken"
    samples = connection.call("MEMORY", "USAGE", "key:%012d" % 7, "SAMPLES", "0")
    assert abs(samples - mean) <= 0.1 * truth


def pipeline(connection, commands):
    """The replies of many commands."""
    replies = []
    step = max(1, 2000 // len(commands[0]))
    for start in range(0, len(commands), step):
        some = commands[start : start + step]
        connection.send(b"".join(encode(words) for words in some))
        replies += [connection.read()[1] for _ in some]
    return replies


def settle(connection):
    """Waits until what was flushed is free."""
    for _ in range(200):
        if int(fields(connection)["lazyfree_pending_objects"]) == 0:
            return
        time.sleep(0.02)
    raise AssertionError("something is never freed")


def test_statistics_have_every_field_of_redis(flushed):
    for server in (flushed.needletail, flushed.oracle):
        connection = server.connect()
        connection.call("SET", "k", "v", "EX", "1000")
        connection.call("SELECT", "3")
        connection.call("SET", "k", "v")
    ours = statistics(flushed.needletail.connect())
    wanted = statistics(flushed.oracle.connect())
    # Redis keeps the databases of other tests' connections too.
    assert set(wanted) <= set(ours) | {name for name in wanted if name.startswith("db.")}
    for name in ("db.0", "db.3"):
        parts = ours[name] if isinstance(ours[name], list) else [x for pair in ours[name].items() for x in pair]
        table = dict(zip(parts[::2], parts[1::2]))
        assert table[b"overhead.hashtable.main"] > 0
        assert (table[b"overhead.hashtable.expires"] > 0) == (name == "db.0")
    assert ours["keys.count"] == 2
    assert ours["startup.allocated"] < ours["total.allocated"] <= ours["peak.allocated"]
    assert ours["overhead.total"] + ours["dataset.bytes"] == ours["total.allocated"]


def test_the_figures_of_info_add_up(flushed):
    connection = flushed.needletail.connect()
    for number in range(1000):
        connection.call("SET", f"k{number}", "x" * 1000)
    now = {name: value for name, value in fields(connection).items()}
    numbers = {name: int(value) for name, value in now.items() if value.lstrip("-").isdigit()}
    assert numbers["used_memory"] > 1_000_000 and numbers["used_memory_dataset"] > 1_000_000
    assert numbers["used_memory_overhead"] + numbers["used_memory_dataset"] == numbers["used_memory"]
    assert numbers["used_memory_startup"] < numbers["used_memory_overhead"]
    assert numbers["used_memory_peak"] >= numbers["used_memory"]
    assert numbers["allocator_allocated"] <= numbers["allocator_active"] <= numbers["allocator_resident"]
    assert now["used_memory_human"].endswith("M")
    connection.call("FLUSHALL")
    settle(connection)
    assert int(fields(connection)["lazyfreed_objects"]) >= 1000
    assert used(connection) < numbers["used_memory"] - 900_000


def test_the_peak_is_noticed_though_nobody_asks(flushed):
    connection = flushed.needletail.connect()
    connection.call("SET", "k", b"x" * (64 << 20))
    time.sleep(0.3)
    connection.call("PING")
    connection.call("DEL", "k")
    time.sleep(0.3)
    assert int(fields(connection)["used_memory_peak"]) > 64 << 20
    settle(connection)
    assert b"Peak" in connection.call("MEMORY", "DOCTOR") or used(connection) < 5 << 20


def test_the_doctor_has_little_to_say_of_little(flushed):
    assert b"little data" in flushed.needletail.connect().call("MEMORY", "DOCTOR")


def test_sparse_pages_are_filled_again(flushed):
    """What is left of many keys of mixed sizes moves together, and stays what it is."""
    connection = flushed.needletail.connect()
    connection.call("CONFIG", "SET", "active-defrag-ignore-bytes", "1mb", "active-defrag-cycle-max", "75")
    try:
        sizes = [20, 90, 200, 400, 900, 1700]
        value = {number: b"%d" % number * (sizes[number % 6] // 5) for number in range(40_000)}
        pipeline(connection, [["SET", f"k{number}", value[number]] for number in value])
        large = [["HSET", "hash", *pairs(3000, 50)], ["ZADD", "ranking", *scored(3000, 50)]]
        pipeline(connection, [*large, ["RPUSH", "list", *words(3000, 50)]])
        # In no order that has to do with pages.
        gone = [number for number in value if number * 2654435761 % 100 < 80]
        pipeline(connection, [["DEL", f"k{number}"] for number in gone])
        for _ in range(150):
            now = fields(connection, "everything")
            if int(now["active_defrag_hits"]) > 3000 and now["active_defrag_running"] == "0":
                break
            time.sleep(0.1)
        assert int(now["active_defrag_hits"]) > 3000 and int(now["active_defrag_key_hits"]) > 1000
        left = sorted(set(value) - set(gone))
        replies = pipeline(connection, [["GET", f"k{number}"] for number in left])
        assert replies == [value[number] for number in left]
        assert connection.call("HLEN", "hash") == connection.call("ZCARD", "ranking") == 3000
        assert connection.call("HGET", "hash", "field:2999") == b"v" * 50
        assert connection.call("ZRANK", "ranking", words(3000, 50)[1234]) == 1234
        assert connection.call("LRANGE", "list", "0", "-1") == words(3000, 50)
    finally:
        connection.call("CONFIG", "SET", "active-defrag-ignore-bytes", "100mb", "active-defrag-cycle-max", "25")


def test_a_large_group_gives_its_memory_back(pair):
    """What is freed in slices was counted to the byte: the key is as large as before there was the group."""
    connection = pair.needletail.connect()
    for number in range(3000):
        connection.send(encode(["XADD", "s", f"{number + 1}-0", "f", "v"]))
    for _ in range(3000):
        connection.read()
    before = connection.call("MEMORY", "USAGE", "s")
    freed = int(fields(connection)["lazyfreed_objects"])
    for round_number in range(3):
        connection.call("XGROUP", "CREATE", "s", "g", "0")
        for consumer in range(10):
            connection.call("XREADGROUP", "GROUP", "g", f"c{consumer}", "COUNT", "300", "STREAMS", "s", ">")
        assert connection.call("XPENDING", "s", "g")[0] == 3000
        assert connection.call("MEMORY", "USAGE", "s") > before + 3000 * 32
        assert connection.call("XGROUP", "DESTROY", "s", "g") == 1
        assert abs(connection.call("MEMORY", "USAGE", "s") - before) <= 64
        assert until(lambda: fields(connection)["lazyfree_pending_objects"] == "0")
        assert int(fields(connection)["lazyfreed_objects"]) > freed + round_number
    assert connection.call("XGROUP", "DESTROY", "s", "g") == 0
    connection.close()
