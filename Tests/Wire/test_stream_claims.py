"""XREADGROUP with CLAIM, which the oracle does not have: what has been pending for long comes before what is new."""

import time

import pytest

from harness.resp import Error, NullArray, encode
from harness.server import NoReply, Server
from harness.waiting import until

BOUND = 10


@pytest.fixture(scope="module", params=[1, 4])
def server(request):
    with Server("needletail", threads=request.param) as server:
        yield server


@pytest.fixture
def client(server):
    connection = server.connect()
    connection.call("FLUSHALL")
    yield connection
    connection.close()


def add(client, key, *identifiers, group="g"):
    """Entries, and a group that has not read them."""
    for identifier in identifiers:
        client.call("XADD", key, identifier, "f", identifier)
    client.call("XGROUP", "CREATE", key, group, "0", "MKSTREAM")


def deliver(client, key, consumer, *idles):
    """Gives entries 1-0, 2-0, … to a consumer, each as if so many milliseconds ago."""
    client.call("XREADGROUP", "GROUP", "g", consumer, "COUNT", len(idles), "STREAMS", key, ">")
    for number, idle in enumerate(idles, 1):
        client.call("XCLAIM", key, "g", consumer, "0", f"{number}-0", "IDLE", idle, "JUSTID")


def claim(client, consumer, idle, *keys, options=()):
    ids = [">"] * len(keys)
    return client.call("XREADGROUP", "GROUP", "g", consumer, *options, "CLAIM", idle, "STREAMS", *keys, *ids)


def is_nothing(reply):
    return reply is None or reply == NullArray()


def brief(entries):
    """IDs and numbers of deliveries; whether they were pending."""
    assert all(entry[1] == [b"f", entry[0]] and len(entry) == 4 for entry in entries)
    return [(entry[0].decode(), entry[3], entry[2] > 0) for entry in entries]


def test_idle_entries_come_first_and_the_longest_idle_first(client):
    add(client, "s", "1-0", "2-0", "3-0", "4-0", "5-0")
    deliver(client, "s", "a", 60000, 90000, 1000)
    [[key, entries]] = claim(client, "b", 50000, "s")
    assert key == b"s"
    assert brief(entries) == [("2-0", 1, True), ("1-0", 1, True), ("4-0", 0, False), ("5-0", 0, False)]
    assert 90000 <= entries[0][2] < 100000 and 60000 <= entries[1][2] < 70000
    pending = client.call("XPENDING", "s", "g", "-", "+", 10)
    assert [(entry[0], entry[1], entry[3]) for entry in pending] == [
        (b"1-0", b"b", 2), (b"2-0", b"b", 2), (b"3-0", b"a", 1), (b"4-0", b"b", 1), (b"5-0", b"b", 1),
    ]
    assert is_nothing(claim(client, "b", 50000, "s"))
    assert client.call("XINFO", "GROUPS", "s")[0][-3:] == [5, b"lag", 0]


def test_count_is_of_both_together(client):
    add(client, "s", *(f"{number}-0" for number in range(1, 8)))
    deliver(client, "s", "a", 3000, 2000, 1000)
    assert [key for key, _ in claim(client, "b", 500, "s", options=("COUNT", 2))] == [b"s"]
    assert brief(claim(client, "b", 500, "s", options=("COUNT", 2))[0][1]) == [("3-0", 1, True), ("4-0", 0, False)]
    assert brief(claim(client, "b", 500, "s", options=("COUNT", 2))[0][1]) == [("5-0", 0, False), ("6-0", 0, False)]
    # Of very many only the oldest are taken, in their order.
    add(client, "many", *(f"{number}-0" for number in range(1, 101)))
    deliver(client, "many", "a", *(1000 + number * 37 % 101 * 1000 for number in range(1, 101)))
    order = sorted(range(1, 101), key=lambda number: -(number * 37 % 101))
    for start in (0, 3, 6):
        entries = claim(client, "b", 900, "many", options=("COUNT", 3))[0][1]
        assert [entry[0].decode() for entry in entries] == [f"{number}-0" for number in order[start : start + 3]]


def test_several_streams(client):
    for key in ("k1", "k2", "k3"):
        add(client, key, "1-0", "2-0")
    deliver(client, "k1", "a", 5000)
    deliver(client, "k2", "a", 100)
    found = claim(client, "b", 3000, "k1", "k2", "k3")
    assert [key for key, _ in found] == [b"k1", b"k2", b"k3"]
    assert brief(found[0][1]) == [("1-0", 1, True), ("2-0", 0, False)]
    assert brief(found[1][1]) == [("2-0", 0, False)]
    assert brief(found[2][1]) == [("1-0", 0, False), ("2-0", 0, False)]
    assert is_nothing(claim(client, "b", 3000, "k1", "k2", "k3"))


def test_in_resp3(server, client):
    add(client, "s", "1-0")
    third = server.connect(protocol=3)
    found = claim(third, "b", 0, "s")
    assert found == [b"s", [[b"1-0", [b"f", b"1-0"], 0, 0]]]
    assert is_nothing(claim(third, "b", 100000, "s"))
    third.close()


def test_without_acknowledgement(client):
    """NOACK is of new entries alone."""
    add(client, "s", "1-0", "2-0")
    deliver(client, "s", "a", 5000)
    assert brief(claim(client, "b", 1000, "s", options=("NOACK",))[0][1]) == [("1-0", 1, True), ("2-0", 0, False)]
    assert [entry[:2] for entry in client.call("XPENDING", "s", "g", "-", "+", 10)] == [[b"1-0", b"b"]]


def test_what_is_deleted_or_acknowledged_is_not_claimed(client):
    add(client, "s", "1-0", "2-0", "3-0")
    deliver(client, "s", "a", 5000, 5000, 5000)
    client.call("XACK", "s", "g", "1-0")
    client.call("XDEL", "s", "2-0")
    assert brief(claim(client, "b", 1000, "s")[0][1]) == [("3-0", 1, True)]
    client.call("XACK", "s", "g", "3-0")
    assert is_nothing(claim(client, "b", 1000, "s"))


def test_history_is_as_it_was(client):
    add(client, "s", "1-0", "2-0")
    deliver(client, "s", "a", 5000)
    found = client.call("XREADGROUP", "GROUP", "g", "a", "CLAIM", 0, "STREAMS", "s", "0")
    assert found == [[b"s", [[b"1-0", [b"f", b"1-0"]]]]]
    assert client.call("XREADGROUP", "GROUP", "g", "b", "CLAIM", 0, "STREAMS", "s", "0") == [[b"s", []]]


def test_in_transactions_and_scripts(client):
    add(client, "s", "1-0")
    deliver(client, "s", "a", 5000)
    client.call("MULTI")
    claim(client, "b", 0, "s", options=("BLOCK", 0))
    claim(client, "b", 100000, "s", options=("BLOCK", 0))
    first, second = client.call("EXEC")
    assert brief(first[0][1]) == [("1-0", 1, True)] and is_nothing(second)
    text = "return redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'CLAIM', 0, 'STREAMS', KEYS[1], '>')"
    assert client.call("EVAL", text, 1, "s")[0][1][0][3] == 2


@pytest.mark.parametrize(
    "words, text",
    [
        ("CLAIM x STREAMS s >", "ERR min-idle-time is not an integer"),
        ("CLAIM 5.5 STREAMS s >", "ERR min-idle-time is not an integer"),
        ("CLAIM STREAMS s >", "ERR min-idle-time is not an integer"),
        ("CLAIM 10 CLAIM COUNT 1 STREAMS s >", "ERR min-idle-time is not an integer"),
        ("CLAIM -1 STREAMS s >", "ERR min-idle-time must be a positive integer"),
        ("STREAMS s > CLAIM 50", "ERR Invalid stream ID specified as stream command argument"),
        ("COUNT 1 CLAIM", "ERR syntax error"),
    ],
)
def test_wrong_words(client, words, text):
    add(client, "s", "1-0")
    reply = client.call("XREADGROUP", "GROUP", "g", "a", *words.split())
    assert isinstance(reply, Error) and reply.startswith(text.encode()), reply


def test_xread_claims_nothing(client):
    reply = client.call("XREAD", "COUNT", 2, "CLAIM", 10, "STREAMS", "s", "0")
    assert reply == Error(b"ERR The CLAIM option is only supported by XREADGROUP. You called XREAD instead.")


def blocked(client):
    return until(lambda: b"blocked_clients:0\r\n" not in client.call("INFO", "clients"))


def begin(server, client, consumer, idle, *keys, timeout=0):
    """A client that waits."""
    connection = server.connect()
    ids = [">"] * len(keys)
    words = ["XREADGROUP", "GROUP", "g", consumer, "BLOCK", timeout, "CLAIM", idle, "STREAMS", *keys, *ids]
    connection.send(encode([str(word) for word in words]))
    assert blocked(client)
    return connection


def test_what_becomes_idle_ends_a_wait(server, client):
    for key in ("k1", "k2", "k3"):
        add(client, key, "1-0")
        deliver(client, key, "a", 0)
    client.call("XACK", "k1", "g", "1-0")
    client.call("XACK", "k3", "g", "1-0")
    started = time.monotonic()
    waiting = begin(server, client, "b", 300, "k1", "k2", "k3")
    reply = waiting.read(BOUND)[0]
    assert time.monotonic() - started >= 0.25
    assert b"$2\r\nk2\r\n" in reply and b"$3\r\n1-0\r\n" in reply and reply.endswith(b":1\r\n")
    assert client.call("XPENDING", "k2", "g", "-", "+", 10)[0][1] == b"b"
    waiting.close()


def test_two_wait_for_the_same(server, client):
    """The first one gets what is new; it does not acknowledge, and the second one gets it later."""
    add(client, "s")
    first = begin(server, client, "a", 200, "s")
    second = begin(server, client, "b", 200, "s")
    assert until(lambda: b"blocked_clients:2\r\n" in client.call("INFO", "clients"))
    client.call("XADD", "s", "1-0", "f", "v")
    reply = first.read(BOUND)[0]
    assert reply.endswith(b"$1\r\nv\r\n:0\r\n:0\r\n")
    assert second.read(BOUND)[0].endswith(b":1\r\n")
    assert client.call("XPENDING", "s", "g", "-", "+", 10)[0][1::2] == [b"b", 2]
    first.close()
    second.close()


def test_a_wait_ends_without_anything(server, client):
    add(client, "s", "1-0")
    deliver(client, "s", "a", 0)
    assert is_nothing(claim(client, "b", 100000, "s", options=("BLOCK", 30)))
    waiting = begin(server, client, "b", 100000, "s")
    with pytest.raises(NoReply):
        waiting.read(0.05)
    client.call("XADD", "s", "2-0", "f", "v")
    assert b"2-0" in waiting.read(BOUND)[0]
    waiting.close()
    waiting = begin(server, client, "b", 9223372036854775807, "s")
    client.call("XGROUP", "DESTROY", "s", "g")
    assert waiting.read(BOUND)[0].startswith(b"-NOGROUP")
    waiting.close()
