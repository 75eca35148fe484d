"""Sorted sets: what no comparison with the oracle can show."""

import pytest

FORMS = {"small": 40, "large": 400}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("count", ["-4000", "3", "25"])
def test_zrandmember_is_fair(flushed, form, count):
    """Chi-square over all members, against five standard deviations of its distribution."""
    connection = flushed.needletail.connect()
    size = FORMS[form]
    connection.call("ZADD", "z", *[word for i in range(size) for word in (str(i % 7), f"m{i}")])
    drawn = dict.fromkeys((f"m{i}".encode() for i in range(size)), 0)
    total = 0
    while total < 20 * size:
        for member in connection.call("ZRANDMEMBER", "z", count):
            drawn[member] += 1
            total += 1
    wanted = total / size
    chi_square = sum((seen - wanted) ** 2 / wanted for seen in drawn.values())
    freedom = size - 1
    assert chi_square < freedom + 5 * (2 * freedom) ** 0.5
    connection.close()


def test_zscan_misses_no_member_that_stays(flushed):
    connection = flushed.needletail.connect()
    connection.call("ZADD", "z", *[word for i in range(2000) for word in (str(i), f"stay{i}")])
    seen, cursor, turn = set(), b"0", 0
    while True:
        cursor, page = connection.call("ZSCAN", "z", cursor, "COUNT", "20")
        seen.update(page[::2])
        # Others come and go meanwhile, so that the table grows and shrinks.
        names = [f"pass{turn}:{i}" for i in range(200)]
        connection.call("ZADD", "z", *[word for name in names for word in ("1", name)])
        if turn % 2:
            connection.call("ZREMRANGEBYSCORE", "z", "(0", "(2")
            connection.call("ZADD", "z", "1", "stay1")
        turn += 1
        if cursor == b"0":
            break
    assert {f"stay{i}".encode() for i in range(2000)} <= seen
    connection.close()


def test_digests_tell_sorted_sets_apart(flushed):
    connection = flushed.needletail.connect()

    def digest(key):
        return connection.call("DEBUG", "DIGEST-VALUE", key)[0]

    connection.call("ZADD", "a", "1", "x", "2", "y")
    connection.call("ZADD", "b", "2", "y", "1", "x", "3", "z" * 100)
    assert digest("a") != digest("b")
    connection.call("ZREM", "b", "z" * 100)
    assert connection.call("OBJECT", "ENCODING", "a") != connection.call("OBJECT", "ENCODING", "b")
    assert digest("a") == digest("b")
    connection.call("ZINCRBY", "a", "1", "x")
    assert digest("a") != digest("b")
    assert b"number of elements: 2" in connection.call("DEBUG", "HTSTATS-KEY", "b")
    connection.close()


def test_a_large_sorted_set_is_freed_in_slices(flushed):
    connection = flushed.needletail.connect()
    for start in range(0, 20000, 1000):
        connection.call(
            "ZADD", "z", *[word for i in range(start, start + 1000) for word in (str(i), f"member:{i}")]
        )
    before = connection.call("MEMORY", "USAGE", "z")
    assert 20000 * 40 < before < 20000 * 100
    assert connection.call("DEL", "z") == 1
    assert connection.call("ZADD", "z", "1", "a") == 1
    assert connection.call("MEMORY", "USAGE", "z") < 200
    connection.close()
