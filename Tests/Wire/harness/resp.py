"""The wire format from a client's side: requests out, replies in, each reply as raw bytes and as a value."""

import re


class Incomplete(Exception):
    """The bytes at hand end inside a reply; `needed` is how many there must be at least."""

    def __init__(self, needed=0):
        super().__init__(needed)
        self.needed = needed


class Malformed(Exception):
    """The bytes are no reply at all."""


class Simple(bytes):
    """`+text`"""


class Error(bytes):
    """`-text`"""


class Double(bytes):
    """`,text`, kept as the text that was sent."""


class BigNumber(bytes):
    """`(text`"""


class Verbatim(bytes):
    """`=15\r\ntxt:text`, with its format."""


class Set(list):
    """`~`"""


class Push(list):
    """`>`"""


class Map(list):
    """`%`, as a flat list of keys and values."""


class NullArray:
    """`*-1`, where the difference from `$-1` matters."""

    def __eq__(self, other):
        return isinstance(other, NullArray)

    def __hash__(self):
        return 0

    def __repr__(self):
        return "NullArray()"


OK = Simple(b"OK")
QUEUED = Simple(b"QUEUED")
PONG = Simple(b"PONG")

_BLOBS = {ord("$"): bytes, ord("="): Verbatim, ord("!"): Error}
_LINES = {ord("+"): Simple, ord("-"): Error, ord(","): Double, ord("("): BigNumber}
_AGGREGATES = {ord("*"): list, ord("~"): Set, ord(">"): Push}


def parse(data, position=0):
    """One reply out of `data` at `position`: (value, position behind it)."""
    end = data.find(b"\r\n", position)
    if end < 0:
        raise Incomplete
    kind, line, after = data[position], bytes(data[position + 1 : end]), end + 2
    if kind in _LINES:
        return _LINES[kind](line), after
    if kind == ord(":"):
        return int(line), after
    if kind in _BLOBS:
        length = int(line)
        if length < 0:
            return None, after
        if len(data) < after + length + 2:
            raise Incomplete(after + length + 2)
        if data[after + length : after + length + 2] != b"\r\n":
            raise Malformed(bytes(data[position : position + 80]))
        return _BLOBS[kind](data[after : after + length]), after + length + 2
    if kind == ord("_"):
        return None, after
    if kind == ord("#"):
        return line == b"t", after
    if kind in _AGGREGATES or kind == ord("%"):
        count = int(line)
        if count < 0:
            return NullArray(), after
        elements = Map() if kind == ord("%") else _AGGREGATES[kind]()
        for _ in range(count * 2 if kind == ord("%") else count):
            element, after = parse(data, after)
            elements.append(element)
        return elements, after
    raise Malformed(bytes(data[position : position + 80]))


def encode(arguments):
    """A request as an array of bulk strings."""
    parts = [b"*%d\r\n" % len(arguments)]
    for argument in arguments:
        if isinstance(argument, str):
            argument = argument.encode()
        elif isinstance(argument, (int, float)):
            argument = str(argument).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(argument), argument))
    return b"".join(parts)


def serialise(value, protocol=2):
    """The bytes a server sends for `value`: what a case with a literal reply expects."""
    if value is None:
        return b"_\r\n" if protocol == 3 else b"$-1\r\n"
    if isinstance(value, NullArray):
        return b"_\r\n" if protocol == 3 else b"*-1\r\n"
    if isinstance(value, bool):
        return (b"#t\r\n" if value else b"#f\r\n") if protocol == 3 else b":%d\r\n" % value
    if isinstance(value, int):
        return b":%d\r\n" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, Simple):
        return b"+%s\r\n" % value
    if isinstance(value, Error):
        return b"-%s\r\n" % value
    if isinstance(value, Double):
        return b",%s\r\n" % value if protocol == 3 else serialise(bytes(value))
    if isinstance(value, Verbatim):
        return b"=%d\r\n%s\r\n" % (len(value), value) if protocol == 3 else serialise(bytes(value[4:]))
    if isinstance(value, bytes):
        return b"$%d\r\n%s\r\n" % (len(value), value)
    if isinstance(value, Map):
        head = b"%%%d\r\n" % (len(value) // 2) if protocol == 3 else b"*%d\r\n" % len(value)
    elif isinstance(value, Set):
        head = b"%s%d\r\n" % (b"~" if protocol == 3 else b"*", len(value))
    elif isinstance(value, Push):
        head = b"%s%d\r\n" % (b">" if protocol == 3 else b"*", len(value))
    else:
        head = b"*%d\r\n" % len(value)
    return head + b"".join(serialise(element, protocol) for element in value)


_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "a": "\a"}
_TOKEN = re.compile(r"""\s*(?:"((?:\\.|[^"\\])*)"|'((?:\\'|[^'])*)'|(\S+))""", re.DOTALL)


def _unescape(text):
    def one(match):
        escape = match.group(1)
        return chr(int(escape[1:], 16)) if escape[0] == "x" and len(escape) > 1 else _ESCAPES.get(escape, escape)

    return re.sub(r"\\(x[0-9a-fA-F]{2}|.)", one, text, flags=re.DOTALL)


def split(line):
    """A command line as the client's tool would read it: words, "quoted \\x00 words", 'plain words'."""
    arguments, position, line = [], 0, line.strip()
    while position < len(line):
        match = _TOKEN.match(line, position)
        double, single, bare = match.groups()
        if double is not None:
            arguments.append(_unescape(double).encode("latin-1"))
        elif single is not None:
            arguments.append(single.replace("\\'", "'").encode("latin-1"))
        else:
            arguments.append(bare.encode("latin-1"))
        position = match.end()
    return arguments
