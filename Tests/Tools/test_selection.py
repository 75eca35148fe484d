"""What the command line chooses: points, servers, processors."""

import argparse
import io

import pytest
from comparison import options, rounds, servers, workloads


def test_the_default_matrix_is_short_and_has_every_workload():
    points = workloads.points(None, None, None)
    assert {point.workload.name for point in points} == set(workloads.ALL) - set(workloads.ASKED_FOR)
    assert {point.size for point in points} == {16, 256, 4096}
    assert {point.pipeline for point in points if point.workload.name == "mset"} == {1, 16, 100}
    assert {point.pipeline for point in points if point.workload.name == "zadd"} == {16}
    assert len(points) < 30


def test_a_chosen_matrix_is_whole():
    points = workloads.points(["get", "zadd"], [1, 100], [16, 256])
    assert len(points) == len(set(points)) == 8


def test_large_values_have_fewer_keys():
    assert workloads.key_count(16, 1_000_000) == 1_000_000
    assert workloads.key_count(4096, 1_000_000) == 65_536
    assert workloads.key_count(1 << 30, 1_000_000) == 1000


def test_processors_are_apart_where_there_are_enough():
    apart = servers.Placement(1, [0, 1])
    assert apart.is_disjoint and apart.server == [0] and apart.client == [1]
    wide = servers.Placement(4, [0, 1, 2, 3, 4, 5], client_threads=2)
    assert wide.is_disjoint and wide.server == [0, 1, 2, 3] and wide.client == [4, 5]


def test_the_client_keeps_to_one_processor_where_there_are_not():
    shared = servers.Placement(2, [0, 1])
    assert not shared.is_disjoint and shared.server == [0, 1] and shared.client == [1]
    assert not servers.Placement(1, [3]).is_disjoint


def test_numbers_of_threads_that_share_a_placement_are_one_group():
    chosen = argparse.Namespace(
        threads=[1, 2, 8],
        client_threads=1,
        peers=[("redis", ["redis-server"])],
        needletail_line=lambda threads: ["needletail", str(threads)],
    )
    names = [group.names for group in rounds.groups(chosen, "floor", [0, 1])]
    assert names == [["redis", "needletail 1", "floor"], ["redis", "needletail 2", "needletail 8"]]
    names = [group.names for group in rounds.groups(chosen, None, list(range(16)))]
    assert names == [["redis", f"needletail {threads}"] for threads in (1, 2, 8)]


def test_a_peer_is_a_name_and_a_command_with_a_port():
    assert servers.peer_line("valkey=valkey-server --port PORT --save ''") == (
        "valkey",
        ["valkey-server", "--port", "PORT", "--save", ""],
    )
    for text in ("valkey", "=valkey PORT", "valkey=", "valkey=valkey-server"):
        with pytest.raises(servers.ComparisonError):
            servers.peer_line(text)


@pytest.mark.parametrize("peer", ["floor=sh PORT", "needletail 1=sh PORT"])
def test_a_peer_has_a_name_of_its_own(peer):
    with pytest.raises(servers.ComparisonError):
        options.parse(["--peer", peer, "--needletail", "sh"])


def test_a_missing_executable_is_said():
    with pytest.raises(servers.ComparisonError, match="no-such-server is missing"):
        options.parse(["--peer", "a=no-such-server PORT", "--needletail", "sh"])


@pytest.mark.parametrize("wrong", [["--workloads", "gets"], ["--pipelines", "0"], ["--sizes", "x"], ["--rounds", "0"]])
def test_a_wrong_choice_is_refused(wrong, capsys):
    with pytest.raises(SystemExit) as end:
        options.parse(wrong)
    assert end.value.code == 2 and wrong[0] in capsys.readouterr().err


def test_quick_is_quick():
    chosen = options.parse(["--quick", "--peer", "a=sh PORT", "--needletail", "sh"])
    assert chosen.rounds == 3 and chosen.workloads == ["get", "set", "mixed"] and chosen.keys == 100_000


def test_the_estimate_grows_with_the_matrix():
    chosen = options.parse(["--peer", "a=sh PORT", "--needletail", "sh"])
    groups = rounds.groups(chosen, "floor", [0, 1])
    whole = rounds.estimate(chosen, groups, workloads.points(None, None, None), lambda size: 1000)
    part = rounds.estimate(chosen, groups, workloads.points(["get"], [1], [16]), lambda size: 1000)
    assert part * 10 < whole < 15 * 60


def test_replies_are_read():
    stream = io.BytesIO(b"*5\r\n+OK\r\n:7\r\n$3\r\na\r\n\r\n$-1\r\n-ERR no\r\n")
    found = servers.read_reply(stream)
    assert found == ["OK", 7, "a\r\n", None, "ERR no"] and isinstance(found[4], servers.ReplyError)
    with pytest.raises(servers.ComparisonError):
        servers.read_reply(io.BytesIO(b""))
