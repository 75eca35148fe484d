"""Fast requests and replies: what is compared most is never parsed."""

import select
import socket

HEADS = [b"*%d\r\n" % count for count in range(4096)]


class Bulks(dict):
    """Arguments as bulk strings; short ones are encoded once."""

    def __missing__(self, word):
        bulk = b"$%d\r\n%b\r\n" % (len(word), word)
        if len(word) < 64 and len(self) < 200000:
            self[word] = bulk
        return bulk


_bulk = Bulks().__getitem__


def encode(arguments):
    return HEADS[len(arguments)] + b"".join(map(_bulk, arguments))


def end_of(data, position):
    """Where the reply that begins at `position` ends."""
    pending = 1
    find = data.find
    while pending:
        line_end = find(b"\r\n", position)
        if line_end < 0:
            raise ValueError(f"not a whole reply: {data[position : position + 80]!r}")
        kind = data[position]
        pending -= 1
        if kind == 36 or kind == 61:  # bulk strings, verbatim strings
            length = int(data[position + 1 : line_end])
            position = line_end + 2
            if length >= 0:
                position += length + 2
        else:
            if kind == 42 or kind == 126 or kind == 62:  # arrays, sets, pushes
                pending += max(0, int(data[position + 1 : line_end]))
            elif kind == 37:  # maps
                pending += 2 * int(data[position + 1 : line_end])
            position = line_end + 2
    return position


def parse(data, position=0):
    """The reply as (value, end): scalars are their bytes as sent, aggregates lists that begin with their type."""
    line_end = data.find(b"\r\n", position)
    kind = data[position]
    if kind in b"*~>%":
        count = int(data[position + 1 : line_end])
        value, end = [data[position : position + 1]], line_end + 2
        if count < 0:
            return data[position:end], end
        for _ in range(count * 2 if kind == 37 else count):
            element, end = parse(data, end)
            value.append(element)
        return value, end
    end = end_of(data, position)
    return data[position:end], end


class Lost(Exception):
    """A server closed its connection or does not answer."""

    def __init__(self, side, what):
        super().__init__(f"{side} {what}")
        self.side, self.what = side, what


class Pair:
    """One connection to each server; both get the same bytes and are read together."""

    SIDES = ("Needletail", "the oracle")

    def __init__(self, our_port, oracle_port, protocol=2, timeout_seconds=20):
        self.protocol, self.timeout_seconds = protocol, timeout_seconds
        self.sockets = [socket.create_connection(("127.0.0.1", port)) for port in (our_port, oracle_port)]
        for each in self.sockets:
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            each.setblocking(False)
        self.markers = 0
        if protocol == 3:
            self.exchange([[b"HELLO", b"3"]])

    def exchange(self, commands):
        """Sends the commands to both servers; returns all that each has answered, without the marker's reply."""
        data = b"".join(map(encode, commands))
        return self.exchange_bytes(data, data)

    def exchange_bytes(self, ours, oracle):
        self.markers += 1
        marker = b"<end of batch %d>" % self.markers
        ending = b"\r\n%b\r\n" % marker
        last = encode([b"ECHO", marker])
        waiting = {}
        poll = select.poll()
        for side, (each, data) in enumerate(zip(self.sockets, (ours + last, oracle + last))):
            waiting[each.fileno()] = [side, each, memoryview(data), [], b""]
            poll.register(each, select.POLLIN | select.POLLOUT)
        replies = [b"", b""]
        while waiting:
            events = poll.poll(self.timeout_seconds * 1000)
            if not events:
                side = next(iter(waiting.values()))[0]
                raise Lost(self.SIDES[side], "does not answer")
            for descriptor, event in events:
                state = waiting[descriptor]
                if event & ~select.POLLOUT and self._receive(state, ending):
                    poll.unregister(descriptor)
                    answer = b"".join(state[3])
                    replies[state[0]] = answer[: answer.rfind(b"$", 0, len(answer) - len(ending))]
                    del waiting[descriptor]
                elif event & select.POLLOUT:
                    try:
                        sent = state[1].send(state[2][: 1 << 18])
                    except OSError as error:
                        raise Lost(self.SIDES[state[0]], f"does not listen: {error}") from None
                    state[2] = state[2][sent:]
                    if not state[2]:
                        poll.modify(descriptor, select.POLLIN)
        return replies

    def _receive(self, state, ending):
        try:
            chunk = state[1].recv(1 << 20)
        except BlockingIOError:
            return False
        except OSError as error:
            raise Lost(self.SIDES[state[0]], f"has gone: {error}") from None
        if not chunk:
            raise Lost(self.SIDES[state[0]], "closed the connection")
        state[3].append(chunk)
        # Long enough for the marker even when it comes in pieces.
        state[4] = (state[4] + chunk[-64:])[-64:]
        return state[4].endswith(ending)

    def close(self):
        for each in self.sockets:
            each.close()
