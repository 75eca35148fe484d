"""How two replies are compared. A check is a function of two replies that returns None, or what is wrong."""

import re
from collections import Counter

from .resp import Error, Map, NullArray, Simple, Verbatim


class Reply:
    """A reply as sent and as understood."""

    def __init__(self, raw, value):
        self.raw, self.value = raw, value

    def __repr__(self):
        return repr(self.raw if len(self.raw) <= 400 else self.raw[:400] + b"...")


def exact(ours, oracle):
    """The same bytes."""
    return None if ours.raw == oracle.raw else "differs"


def _sorted_elements(value):
    if isinstance(value, Map):
        return sorted(map(repr, zip(value[::2], value[1::2])))
    return sorted(map(repr, value))


def unordered(ours, oracle):
    """The same kind of aggregate with the same elements in any order."""
    if not isinstance(oracle.value, list) or type(ours.value) is not type(oracle.value):
        return exact(ours, oracle)
    same = _sorted_elements(ours.value) == _sorted_elements(oracle.value)
    return None if same else "has other elements"


def nearest_agree(ours, oracle):
    """Whether two lists of (distance, member) have the same distances in their order, and at each the same members.

    Which come first of those that are equally far is open, and so is which of the last ones, that not all had room.
    """
    if [distance for distance, _ in ours] != [distance for distance, _ in oracle]:
        return False
    inner = [sorted(row for row in rows if row[0] != rows[-1][0]) for rows in (ours, oracle) if rows]
    return not inner or inner[0] == inner[1]


def nearest(ours, oracle):
    """Places WITHDIST, of which COUNT has left some out."""
    rows = []
    for reply in (ours, oracle):
        if type(reply.value) is not list or not all(type(row) is list and len(row) == 2 for row in reply.value):
            return exact(ours, oracle)
        rows.append([(distance, member) for member, distance in reply.value])
    return None if nearest_agree(*rows) else "has other places"


def scan_page(ours, oracle):
    """A cursor as text and a list of bulk strings; which elements is for the whole iteration to say."""
    for reply in (ours, oracle):
        value = reply.value
        if type(value) is not list or len(value) != 2 or not re.fullmatch(rb"\d+", value[0]):
            return exact(ours, oracle)
        if type(value[1]) is not list or not all(type(element) is bytes for element in value[1]):
            return "is no page of a scan"
    return None


def full_scan(ours, oracle):
    """Cursor 0 and the same elements in any order."""
    if scan_page(ours, oracle) or not isinstance(ours.value, list):
        return scan_page(ours, oracle)
    if ours.value[0] != b"0" or sorted(set(ours.value[1])) != sorted(set(oracle.value[1])):
        return "has other elements"
    return None


def anything(ours, oracle):
    """Any reply, as long as there is one."""
    return None


def _kind(value):
    if isinstance(value, bool):
        return "bool"
    if value is None or isinstance(value, NullArray):
        return "null"
    return type(value).__name__


def same_type(ours, oracle):
    """The same type at the top."""
    return None if _kind(ours.value) == _kind(oracle.value) else "is of another type"


def _shape(value):
    if isinstance(value, list):
        return [_kind(value)] + [_shape(element) for element in value]
    return _kind(value)


def shape(ours, oracle):
    """The same types and lengths all the way down."""
    return None if _shape(ours.value) == _shape(oracle.value) else "is of another shape"


def same_error(ours, oracle):
    """Both errors, with the same first word."""
    for reply in (ours, oracle):
        if not isinstance(reply.value, Error):
            return "is no error"
    return None if ours.value.split()[0] == oracle.value.split()[0] else "is another error"


def near(tolerance):
    """Integers (or integers in text) no further than `tolerance` from each other."""

    def check(ours, oracle):
        try:
            distance = abs(int(ours.value) - int(oracle.value))
        except (TypeError, ValueError):
            return exact(ours, oracle)
        if type(ours.value) is not type(oracle.value):
            return "is of another type"
        return None if distance <= tolerance else f"is {distance} away"

    return check


def between(low, high):
    """An integer from `low` to `high`, from both."""

    def check(ours, oracle):
        for reply in (ours, oracle):
            if not isinstance(reply.value, int) or not low <= reply.value <= high:
                return f"is not within {low}...{high}"
        return None

    return check


def one_of(*texts):
    """One of these bulk strings, from both."""
    allowed = {text.encode() if isinstance(text, str) else text for text in texts}

    def check(ours, oracle):
        for reply in (ours, oracle):
            if reply.value not in allowed:
                return f"is none of {sorted(allowed)}"
        return None

    return check


def matches(pattern):
    """Text that a regular expression describes entirely, from both, of the same type."""
    compiled = re.compile(pattern.encode() if isinstance(pattern, str) else pattern, re.DOTALL)

    def check(ours, oracle):
        for reply in (ours, oracle):
            text = reply.value[4:] if isinstance(reply.value, Verbatim) else reply.value
            if not isinstance(text, bytes) or not compiled.fullmatch(text):
                return f"does not look like {compiled.pattern!r}"
        return same_type(ours, oracle)

    return check


def contains(*texts):
    """Text in which all of these occur, from both, of the same type."""
    wanted = [text.encode() for text in texts]

    def check(ours, oracle):
        for reply in (ours, oracle):
            lacking = [text for text in wanted if not isinstance(reply.value, bytes) or text not in reply.value]
            if lacking:
                return f"lacks {lacking}"
        return same_type(ours, oracle)

    return check


def prefix_lines(count):
    """The same first `count` elements of a list, or lines of a text."""

    def check(ours, oracle):
        def head(value):
            return value[:count] if isinstance(value, list) else value.split(b"\n")[:count]

        if type(ours.value) is not type(oracle.value) or not isinstance(oracle.value, (list, bytes)):
            return exact(ours, oracle)
        return None if head(ours.value) == head(oracle.value) else "begins otherwise"

    return check


def _fields(text, separator):
    pairs = (word.partition("=" if separator == " " else ":") for word in text.split(separator))
    return {name: value for name, mark, value in pairs if mark}


def client_fields(*equal):
    """CLIENT LIST or CLIENT INFO: every field the oracle has is there, and those in `equal` have the same values."""

    def check(ours, oracle):
        if type(ours.value) is not type(oracle.value) or not isinstance(oracle.value, bytes):
            return exact(ours, oracle)
        our_lines, oracle_lines = (
            [line for line in reply.value.decode().rstrip("\n").split("\n")] for reply in (ours, oracle)
        )
        if len(our_lines) != len(oracle_lines):
            return "has another number of lines"
        for our_line, oracle_line in zip(our_lines, oracle_lines):
            our_fields, oracle_fields = _fields(our_line, " "), _fields(oracle_line, " ")
            lacking = [name for name in oracle_fields if name not in our_fields]
            if lacking:
                return f"lacks {lacking}"
            other = {
                name: (our_fields[name], oracle_fields[name])
                for name in equal
                if our_fields[name] != oracle_fields[name]
            }
            if other:
                return f"differs in {other}"
        return None

    return check


def info_fields(*names, equal=()):
    """INFO: these fields are there on both sides, and those in `equal` have the same values."""

    def check(ours, oracle):
        if type(ours.value) is not type(oracle.value) or not isinstance(oracle.value, bytes):
            return exact(ours, oracle)
        ours_is, oracle_is = (_fields(reply.value.decode(), "\r\n") for reply in (ours, oracle))
        lacking = [name for name in (*names, *equal) if name not in ours_is]
        if lacking:
            return f"lacks {lacking}"
        unknown = [name for name in (*names, *equal) if name not in oracle_is]
        if unknown:
            return f"asks for what the oracle has not: {unknown}"
        other = {name: (ours_is[name], oracle_is[name]) for name in equal if ours_is[name] != oracle_is[name]}
        return f"differs in {other}" if other else None

    return check


def _leading_words(lines):
    return {line.split()[0].lower() for line in lines if line and not line.startswith(b" ")}


def help_lines(ours, oracle):
    """HELP: lines as simple strings that open with the same usage line and name every subcommand the oracle names."""
    if type(ours.value) is not list or not all(isinstance(line, Simple) for line in ours.value):
        return exact(ours, oracle)
    if ours.value[0] != oracle.value[0]:
        return "opens otherwise"
    lacking = _leading_words(oracle.value[1:]) - _leading_words(ours.value[1:])
    return f"lacks {sorted(lacking)}" if lacking else None


def _names(value):
    return value[::2] if isinstance(value, list) else []


def has_fields_of_oracle(ours, oracle):
    """Names and values in turn: every name the oracle has is there, whatever the values."""
    if type(ours.value) is not type(oracle.value):
        return "is of another type"
    lacking = sorted(set(_names(oracle.value)) - set(_names(ours.value)))
    return f"lacks {lacking}" if lacking else None


def has_fields(*names):
    """Names and values in turn, from both: these names are there."""
    wanted = {name.encode() for name in names}

    def check(ours, oracle):
        for reply in (ours, oracle):
            lacking = sorted(wanted - set(_names(reply.value)))
            if lacking:
                return f"lacks {lacking}"
        return same_type(ours, oracle)

    return check


def superset(ours, oracle):
    """A list that holds at least what the oracle's holds."""
    if type(ours.value) is not type(oracle.value) or not isinstance(oracle.value, list):
        return exact(ours, oracle)
    lacking = [element for element in oracle.value if element not in ours.value]
    return f"lacks {lacking}" if lacking else None


def _sorted_pairs(value):
    return sorted(zip(map(repr, value[::2]), map(repr, value[1::2])))


def unordered_pairs(ours, oracle):
    """Names and values in turn, the pairs in any order: a map in RESP3, a flat list in RESP2."""
    if type(ours.value) is not type(oracle.value) or not isinstance(oracle.value, list):
        return exact(ours, oracle)
    return None if _sorted_pairs(ours.value) == _sorted_pairs(oracle.value) else "has other pairs"


def is_uniform(members, limit):
    """Whether the members were drawn equally often: the chi-square statistic is below `limit`. Ours only."""

    def check(ours, oracle):
        counts = Counter(ours.value)
        expected = len(ours.value) / len(members)
        statistic = sum((counts[member.encode()] - expected) ** 2 / expected for member in members)
        return None if statistic < limit else f"has a chi-square of {statistic:.0f}"

    return check
