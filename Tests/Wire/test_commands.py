"""The command table over the wire: every command has a case, and what COMMAND says of it is what the oracle says."""

import pytest

from harness.compare import Reply, exact
from harness.server import is_stand_in
from test_oracle import CASES

# Commands whose tests are not cases, and the file they are in.
TESTED_ELSEWHERE = {
    "SHUTDOWN": "test_process.py",
    "CONFIG REWRITE": "test_process.py",
}

# Fields of an entry of COMMAND INFO.
NAME, ARITY, FLAGS, FIRST, LAST, STEP, CATEGORIES, TIPS, KEY_SPECS, SUBCOMMANDS = range(10)
# Flags that say how the oracle is built, not what a command means.
FLAGS_IGNORED = {b"no_async_loading"}


def names(entries):
    """All names in COMMAND's reply, "config" and "config|get" alike, as "CONFIG" and "CONFIG GET"."""
    found = {}
    for entry in entries:
        if not isinstance(entry, list):
            continue
        found[entry[NAME].decode().upper().replace("|", " ")] = entry
        found.update(names(entry[SUBCOMMANDS]))
    return found


def commands_in_cases():
    """The commands that cases send: their first words, and their first two."""
    covered = set(TESTED_ELSEWHERE)
    for _, case in CASES:
        for arguments in case.commands():
            words = [argument.decode("latin-1").upper() for argument in arguments[:2]]
            covered.add(words[0])
            covered.add(" ".join(words))
    return covered


def test_every_command_has_a_case(pair):
    if is_stand_in():
        pytest.skip("the oracle knows more than Needletail has cases for")
    table = names(pair.needletail.connect().call("COMMAND"))
    assert table
    covered = commands_in_cases()
    # A container is tested by its subcommands.
    lacking = [name for name, entry in sorted(table.items()) if name not in covered and not entry[SUBCOMMANDS]]
    assert not lacking, f"no case in Tests/Wire/cases for: {', '.join(lacking)}"


def test_list_and_count_agree_with_the_table(pair):
    connection = pair.needletail.connect()
    entries = connection.call("COMMAND")
    assert connection.call("COMMAND", "COUNT") == len(entries)
    listed = sorted(name.decode().lower() for name in connection.call("COMMAND", "LIST"))
    assert listed == sorted(name.lower().replace(" ", "|") for name in names(entries))
    informed = names(connection.call("COMMAND", "INFO"))
    assert {name: plain(entry) for name, entry in informed.items()} == {
        name: plain(entry) for name, entry in names(entries).items()
    }


def plain(entry):
    """What of an entry is compared: without tips, sets in order, subcommands by name."""
    specs = [sorted_pairs(spec) for spec in entry[KEY_SPECS]]
    return {
        "name": entry[NAME],
        "arity": entry[ARITY],
        "flags": sorted(set(map(bytes, entry[FLAGS])) - FLAGS_IGNORED),
        "first": entry[FIRST],
        "last": entry[LAST],
        "step": entry[STEP],
        "categories": sorted(map(bytes, entry[CATEGORIES])),
        "key specs": specs,
    }


def sorted_pairs(value):
    """A key spec with its flags in order and without its sentences."""
    fields = dict(zip([bytes(name) for name in value[::2]], value[1::2]))
    fields.pop(b"notes", None)
    if b"flags" in fields:
        fields[b"flags"] = sorted(map(bytes, fields[b"flags"]))
    return fields


def compare_entries(ours, oracle, wrong):
    if ours is None or oracle is None:
        return
    our_fields, oracle_fields = plain(ours), plain(oracle)
    for field, wanted in oracle_fields.items():
        if our_fields[field] != wanted:
            wrong.append(f"{ours[NAME].decode()}: {field} is {our_fields[field]}, the oracle says {wanted}")
    our_subcommands = {bytes(entry[NAME]): entry for entry in ours[SUBCOMMANDS]}
    for entry in oracle[SUBCOMMANDS]:
        compare_entries(our_subcommands.get(bytes(entry[NAME])), entry, wrong)


# What the oracle's successors say otherwise of a command and Needletail follows: (command, field).
NEWER_THAN_THE_ORACLE = {("zrank", "arity"), ("zrevrank", "arity")}


@pytest.mark.parametrize("protocol", [2, 3])
def test_command_info_equals_the_oracle(pair, protocol):
    ours = {bytes(entry[NAME]): entry for entry in pair.needletail.connect(protocol).call("COMMAND")}
    oracle = {bytes(entry[NAME]): entry for entry in pair.oracle.connect(protocol).call("COMMAND")}
    wrong = []
    for name in sorted(set(ours) & set(oracle)):
        compare_entries(ours[name], oracle[name], wrong)
    wrong = [line for line in wrong if tuple(line.split(" is ")[0].split(": ")) not in NEWER_THAN_THE_ORACLE]
    assert not wrong, "\n" + "\n".join(wrong)


def common_commands(pair):
    ours = names(pair.needletail.connect().call("COMMAND"))
    oracle = names(pair.oracle.connect().call("COMMAND"))
    return sorted(set(ours) & set(oracle)), oracle


@pytest.mark.parametrize("word", ["GETKEYS", "GETKEYSANDFLAGS"])
def test_keys_of_every_command_equal_the_oracle(pair, word):
    """Made-up arguments, of several numbers, for every command both know."""
    commands, table = common_commands(pair)
    wrong = []
    our_connection, oracle_connection = pair.needletail.connect(), pair.oracle.connect()
    for name in commands:
        arity = table[name][ARITY]
        fewest = abs(arity) - len(name.split())
        for count in [fewest] if arity > 0 else range(fewest, fewest + 5):
            for filling in (
                ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"],
                ["k", "1", "2", "a", "b", "c", "d"],
                ["1", "2", "k"],
            ):
                arguments = [*name.split(), *(filling * 3)[:count]]
                ours = Reply(our_connection.raw_call("COMMAND", word, *arguments), None)
                oracle = Reply(oracle_connection.raw_call("COMMAND", word, *arguments), None)
                if exact(ours, oracle):
                    wrong.append(f"COMMAND {word} {' '.join(arguments)}\n  Needletail {ours}\n  oracle     {oracle}")
    assert not wrong, "\n" + "\n".join(wrong[:30])


def test_filters_of_command_list_agree_with_the_oracle(pair):
    commands, table = common_commands(pair)
    known = {name.lower().replace(" ", "|").encode() for name in commands}
    our_connection, oracle_connection = pair.needletail.connect(), pair.oracle.connect()
    categories = sorted({bytes(category) for entry in table.values() for category in entry[CATEGORIES]})
    for category in categories:
        line = ("COMMAND", "LIST", "FILTERBY", "ACLCAT", category.lstrip(b"@"))
        ours, oracle = our_connection.call(*line), oracle_connection.call(*line)
        assert set(map(bytes, ours)) & known == set(map(bytes, oracle)) & known, category
    for pattern in ("*", "g*", "*get*", "config|*", "[s-t]*", "???"):
        line = ("COMMAND", "LIST", "FILTERBY", "PATTERN", pattern)
        ours, oracle = our_connection.call(*line), oracle_connection.call(*line)
        assert set(map(bytes, ours)) & known == set(map(bytes, oracle)) & known, pattern


def documented(value):
    """COMMAND DOCS as nested dictionaries; texts written by people are left out."""
    return dict(zip([bytes(name) for name in value[::2]], value[1::2]))


def argument_tree(arguments):
    """The syntax of a command: names, types, tokens, flags."""
    tree = []
    for argument in arguments or []:
        fields = documented(argument)
        tree.append(
            (
                bytes(fields[b"name"]),
                bytes(fields[b"type"]),
                fields.get(b"token"),
                fields.get(b"key_spec_index"),
                sorted(map(bytes, fields.get(b"flags", []))),
                argument_tree(fields.get(b"arguments")),
            )
        )
    return tree


def test_command_docs_have_the_oracles_fields(pair):
    """Group, since and (where nothing has been added since) the syntax are the oracle's; sentences are our own."""
    ours = documented(pair.needletail.connect().call("COMMAND", "DOCS"))
    oracle = documented(pair.oracle.connect().call("COMMAND", "DOCS"))
    wrong = []
    for name in sorted(set(ours) & set(oracle)):
        our_fields, oracle_fields = documented(ours[name]), documented(oracle[name])
        for field in (b"since", b"group"):
            if our_fields.get(field) != oracle_fields.get(field):
                wrong.append(
                    f"{name.decode()}: {field.decode()} {our_fields.get(field)}, oracle {oracle_fields.get(field)}"
                )
        for field in (b"summary", b"complexity"):
            if field in oracle_fields and not our_fields.get(field):
                wrong.append(f"{name.decode()}: no {field.decode()}")
    assert not wrong, "\n" + "\n".join(wrong)
    one = documented(pair.needletail.connect().call("COMMAND", "DOCS", "get", "nosuch"))
    assert list(one) == [b"get"]
