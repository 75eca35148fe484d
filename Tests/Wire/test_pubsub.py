"""Messages across threads: order, exact counts, who is dropped and who is not."""

import random
import threading
import time

import pytest

from harness.resp import encode
from harness.server import Closed, NoReply, Server
from harness.waiting import together

BOUND = 20


@pytest.fixture
def server(threads):
    with Server("needletail", threads=threads) as server:
        yield server


def subscriber(server, *channels, word="SUBSCRIBE", protocol=2):
    connection = server.connect(protocol)
    connection.send(encode([word, *channels]))
    for _ in channels:
        connection.read()
    return connection


def test_order_of_each_publisher(server):
    """Every subscriber gets what each publisher has sent, whole and in order, over all channels."""
    channels = [f"c{number}" for number in range(7)]
    publishers, messages = 4, 600
    listeners = [subscriber(server, *channels, protocol=2 + number % 2) for number in range(5)]
    listeners.append(subscriber(server, "c*", word="PSUBSCRIBE"))

    def publish(number):
        connection = server.connect()
        chance = random.Random(number)
        sent = 0
        while sent < messages:
            batch = min(chance.randint(1, 40), messages - sent)
            requests, replies = [], 0
            for offset in range(batch):
                message = ["PUBLISH", chance.choice(channels), f"{number}:{sent + offset}"]
                kind = chance.random()
                if kind < 0.2:
                    requests += [["MULTI"], ["SET", f"k{chance.random()}", "x"], message, ["INCR", "n"], ["EXEC"]]
                    replies += 5
                elif kind < 0.4:
                    requests += [["SET", f"k{chance.random()}", "x"], message]
                    replies += 2
                else:
                    requests.append(message)
                    replies += 1
            sent += batch
            connection.send(b"".join(encode(request) for request in requests))
            for _ in range(replies):
                connection.read(BOUND)

    def listen(connection):
        last = [-1] * publishers
        for _ in range(publishers * messages):
            text = connection.read(BOUND)[1][-1]
            number, place = (int(part) for part in text.split(b":"))
            assert place == last[number] + 1
            last[number] = place

    together(
        *[lambda number=number: publish(number) for number in range(publishers)],
        *[lambda connection=connection: listen(connection) for connection in listeners],
    )


def test_counts_are_exact_after_every_reply(server):
    """Whoever has a reply to SUBSCRIBE or UNSUBSCRIBE is counted, or not, wherever one asks."""
    clients = [server.connect() for _ in range(6)]
    askers = [server.connect() for _ in range(6)]
    chance = random.Random(1)
    subscribed = {channel: set() for channel in "abc"}
    for step in range(600):
        client, channel = chance.randrange(6), chance.choice("abc")
        if client in subscribed[channel]:
            clients[client].call("UNSUBSCRIBE", channel)
            subscribed[channel].remove(client)
        else:
            clients[client].call("SUBSCRIBE", channel)
            subscribed[channel].add(client)
        asker = chance.choice(askers)
        wanted = [len(subscribed[name]) for name in "abc"]
        assert asker.call("PUBSUB", "NUMSUB", "a", "b", "c")[1::2] == wanted
        assert sorted(asker.call("PUBSUB", "CHANNELS")) == sorted(
            name.encode() for name in "abc" if subscribed[name]
        )
        if step % 20 == 0:
            assert asker.call("PUBLISH", channel, "x") == len(subscribed[channel])
            for number in subscribed[channel]:
                assert clients[number].read(BOUND)[1] == [b"message", channel.encode(), b"x"]


def test_what_was_published_before_is_for_those_who_listened_before(server):
    """No message comes before the confirmation of SUBSCRIBE or behind that of UNSUBSCRIBE, and none is lost between."""
    publisher, client, other = server.connect(), server.connect(), subscriber(server, "a")
    for number in range(300):
        publisher.call("PUBLISH", "a", f"early {number}")
        assert client.call("SUBSCRIBE", "a")[0] == b"subscribe"
        assert publisher.call("PUBLISH", "a", f"{number}") == 2
        client.send(encode(["UNSUBSCRIBE", "a"]))
        assert client.read(BOUND)[1] == [b"message", b"a", str(number).encode()]
        assert client.read(BOUND)[1] == [b"unsubscribe", b"a", 0]
        assert other.read(BOUND)[1][2] == f"early {number}".encode()
        assert other.read(BOUND)[1][2] == str(number).encode()


def test_others_come_and_go(server):
    """Subscribers that hang up in the middle of everything take no message from those that stay."""
    stayers = [subscriber(server, "a", "b") for _ in range(4)]
    is_over = threading.Event()

    def come_and_go(number):
        chance = random.Random(number)
        while not is_over.is_set():
            connection = server.connect()
            connection.send(encode(["SUBSCRIBE", "a", "b", f"own{number}"]) + encode(["PSUBSCRIBE", "*"]))
            if chance.random() < 0.7:
                connection.read()
            connection.close()

    def publish():
        connection = server.connect()
        for number in range(3000):
            connection.send(encode(["PUBLISH", "ab"[number % 2], str(number)]))
        for _ in range(3000):
            assert connection.read(BOUND)[1] >= 4
        is_over.set()

    def listen(connection):
        for number in range(3000):
            assert connection.read(BOUND)[1][2] == str(number).encode()

    together(
        publish,
        *[lambda number=number: come_and_go(number) for number in range(3)],
        *[lambda connection=connection: listen(connection) for connection in stayers],
    )
    asker = server.connect()
    deadline = time.monotonic() + BOUND
    while asker.call("PUBSUB", "NUMSUB", "a", "b") != [b"a", 4, b"b", 4] or asker.call("PUBSUB", "NUMPAT"):
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("length", [100, 100_000])
def test_who_does_not_read_is_dropped_and_slows_nobody(server, length):
    server.connect().call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 4mb 2mb 60")
    lazy = [subscriber(server, "a") for _ in range(3)]
    eager = subscriber(server, "a")
    publisher = server.connect()
    message = b"x" * length
    # More than the buffers of the sockets hold.
    wanted = (16 << 20) // length
    request = encode(["PUBLISH", "a", message])
    # The eager one is never so far behind that it could be taken for a lazy one.
    batch = max(1, (1 << 20) // length)
    for _ in range(wanted // batch):
        publisher.send(request * batch)
        for _ in range(batch):
            assert publisher.read(BOUND)[1] >= 1
        for _ in range(batch):
            assert eager.read(BOUND)[1][2] == message
    for connection in lazy:
        assert connection.is_closed()
    assert publisher.call("PUBSUB", "NUMSUB", "a") == [b"a", 1]
    statistics = publisher.call("INFO", "stats").decode()
    assert "client_output_buffer_limit_disconnections:3" in statistics


def test_published_to_oneself(server):
    """In RESP3 a client may publish to itself; the message comes behind the reply to PUBLISH."""
    client = server.connect(3)
    client.send(b"".join(encode(words.split()) for words in ("SUBSCRIBE a", "PUBLISH a x", "UNSUBSCRIBE a", "PING")))
    replies = [client.read(BOUND)[1] for _ in range(5)]
    assert replies == [[b"subscribe", b"a", 1], 1, [b"message", b"a", b"x"], [b"unsubscribe", b"a", 0], b"PONG"]
    client.call("SUBSCRIBE", "a")
    client.send(b"".join(encode(words.split()) for words in ("MULTI", "PUBLISH a x", "SET k v", "EXEC")))
    replies = [client.read(BOUND)[1] for _ in range(5)]
    assert replies == [b"OK", b"QUEUED", b"QUEUED", [1, b"OK"], [b"message", b"a", b"x"]]


def test_killed_and_reset(server):
    client, killed, asker = server.connect(), server.connect(), server.connect()
    identifier = killed.call("CLIENT", "ID")
    for connection in (client, killed):
        connection.call("SUBSCRIBE", "a")
        connection.call("PSUBSCRIBE", "*")
        connection.call("SSUBSCRIBE", "s")
    assert asker.call("PUBSUB", "NUMPAT") == 1
    assert client.call("RESET") == b"RESET"
    assert asker.call("PUBSUB", "NUMSUB", "a") == [b"a", 1]
    assert asker.call("CLIENT", "KILL", "ID", identifier) == 1
    deadline = time.monotonic() + BOUND
    while asker.call("PUBSUB", "NUMPAT") or asker.call("PUBSUB", "SHARDCHANNELS") or asker.call("PUBSUB", "CHANNELS"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert asker.call("PUBLISH", "a", "x") == 0
    with pytest.raises((Closed, NoReply)):
        client.read(0.1)


def test_many_channels(server):
    """A client with ten thousand channels leaves none of them behind."""
    client, asker = server.connect(), server.connect()
    names = [f"channel:{number}" for number in range(10_000)]
    client.send(encode(["SUBSCRIBE", *names]))
    for number in range(10_000):
        assert client.read(BOUND)[1][2] == number + 1
    assert len(asker.call("PUBSUB", "CHANNELS")) == 10_000
    client.send(encode(["UNSUBSCRIBE"]))
    left = set(name.encode() for name in names)
    for number in range(10_000):
        _, name, count = client.read(BOUND)[1]
        left.remove(name)
        assert count == len(left)
    assert asker.call("PUBSUB", "CHANNELS") == []
