"""Cases of client-side caching: CLIENT TRACKING and what it brings with it."""

from harness.case import IsClosed, Pipeline, Read, SendBytes, Silence, Step, case, wrong_arity
from harness.compare import Reply, client_fields, info_fields
from harness.resp import encode, parse

ARITIES = {"CLIENT TRACKING": -3, "CLIENT CACHING": 3, "CLIENT TRACKINGINFO": 2, "CLIENT GETREDIR": 2}


class Number(Read):
    """Remembers the number of a connection."""

    def run(self, client):
        client.numbers = {**getattr(client, "numbers", {}), self.on: client.connection(self.on).call("CLIENT", "ID")}


class Redirect(Step):
    """CLIENT TRACKING with words that stand for remembered numbers: `{ear2}`."""

    def run(self, client):
        arguments = [self._number(client, argument) for argument in self.arguments]
        connection = client.connection(self.on)
        connection.send(encode(arguments))
        return Reply(*connection.read())

    @staticmethod
    def _number(client, argument):
        if argument[:1] != b"{":
            return argument
        return str(client.numbers[argument[1:-1].decode()]).encode()


def without_numbers(ours, oracle):
    """The number of a connection is another one on each server."""

    def plain(value):
        return [plain(each) for each in value] if isinstance(value, list) else 7 if isinstance(value, int) else value

    return None if plain(ours.value) == plain(oracle.value) else "says something else"


class ReadSeveral(Read):
    """So many messages, whose order among each other is that of the shards."""

    def __init__(self, count, on):
        super().__init__(on=on)
        self.count = count

    def run(self, client):
        read = sorted(client.connection(self.on).read()[0] for _ in range(self.count))
        return Reply(b"".join(read), [parse(raw)[0] for raw in read])


class ReadKeys(Read):
    """Messages that name so many keys all together: how many are in each is a question of time."""

    def __init__(self, count, on):
        super().__init__(on=on)
        self.count = count

    def run(self, client):
        keys = []
        while len(keys) < self.count:
            keys += client.connection(self.on).read()[1][-1]
        return Reply(b" ".join(sorted(keys)), sorted(keys))


def told(name, *steps, on="ear3"):
    """Somebody reads k, then what the steps do to it is told."""
    return case(
        f"invalidated by {name}",
        "SET k 5",
        f"{on}> CLIENT TRACKING ON",
        f"{on}> GET k",
        *steps,
        Read(on=on),
        f"{on}> PING",
    )


def told_after(*command):
    """A reader sends a command that has no reply yet, and is told of what it has read."""
    return (
        "ear3> CLIENT TRACKING ON",
        "ear3> GET k",
        SendBytes(encode(command), on="ear3"),
        "SET k 1",
        Read(on="ear3"),
    )


def keeps(name, *steps):
    """The same, and nothing is told."""
    return case(
        f"not invalidated by {name}",
        "SET k 5",
        "ear3> CLIENT TRACKING ON",
        "ear3> GET k",
        *steps,
        "ear3> PING",
        Silence(on="ear3"),
    )


WRITES = [
    told("SET", "SET k 6"),
    told("the same value", "SET k 5"),
    told("INCR", "INCR k"),
    told("APPEND", "APPEND k x"),
    told("SETRANGE", "SETRANGE k 0 x"),
    told("GETSET", "GETSET k x"),
    told("GETDEL", "GETDEL k"),
    told("GETEX", "GETEX k EX 100"),
    told("DEL", "DEL k"),
    told("UNLINK", "UNLINK k"),
    told("EXPIRE", "EXPIRE k 100"),
    told("EXPIRE in the past", "EXPIRE k -1"),
    told("PERSIST", "EXPIRE k 100", "ear3> GET k", "PERSIST k", Read(on="ear3")),
    told("RENAME away", "RENAME k l"),
    told("RENAME onto it", "SET l 1", "RENAME l k"),
    told("COPY onto it", "SET l 1", "COPY l k REPLACE"),
    told("MOVE", "MOVE k 3"),
    told("MSET", "MSET k 1"),
    told("SORT STORE", "RPUSH l 1 2", "SORT l STORE k"),
    told("SINTERSTORE", "SADD s 1", "SINTERSTORE k s s"),
    told("FLUSHALL", "FLUSHALL"),
    told("FLUSHDB of another database", "SELECT 5", "FLUSHDB"),
    told("a change in another database", "SELECT 5", "SET k 1"),
    told("EXEC", "MULTI", "SET k 1", "SET k 2", "EXEC"),
    told("a list's element", "DEL k", Read(on="ear3"), "ear3> LLEN k", "RPUSH k 1"),
    told("a hash's field", "DEL k", Read(on="ear3"), "ear3> HGET k f", "HSET k f 1"),
    told("a set's member", "DEL k", Read(on="ear3"), "ear3> SISMEMBER k m", "SADD k m"),
    told("a sorted set's member", "DEL k", Read(on="ear3"), "ear3> ZSCORE k m", "ZADD k 1 m"),
    keeps("GET", "GET k"),
    keeps("SETNX", "SETNX k 1"),
    keeps("DEL of another key", "DEL l"),
    keeps("SADD on a string", "SADD k 1"),
    keeps("MULTI without EXEC", "MULTI", "SET k 1", "DISCARD"),
]

READS = [
    case(
        f"remembers what {line.split()[0]} reads",
        "ear3> CLIENT TRACKING ON",
        ("ear3> " + line, lambda ours, oracle: None),
        "SET k 1",
        Read(on="ear3"),
        "DEL k",
        "ear3> PING",
    )
    for line in (
        "GET k",
        "MGET a k b",
        "EXISTS a k",
        "TYPE k",
        "TTL k",
        "STRLEN k",
        "HGETALL k",
        "SINTER a k",
        "ZDIFF 2 a k",
        "LRANGE k 0 -1",
        "OBJECT ENCODING k",
        "SORT_RO k",
        "TOUCH k",
        "LCS a k",
    )
]

OPTIONS = [
    case(
        "tracking: options and errors",
        "CLIENT TRACKING x",
        "CLIENT TRACKING on",
        "CLIENT TRACKING ON REDIRECT",
        "CLIENT TRACKING ON REDIRECT x",
        "CLIENT TRACKING ON REDIRECT 0",
        "CLIENT TRACKING ON REDIRECT 99999999",
        "CLIENT TRACKING ON PREFIX",
        "CLIENT TRACKING ON PREFIX a",
        "CLIENT TRACKING ON OPTIN OPTOUT",
        "CLIENT TRACKING ON BCAST OPTIN",
        "CLIENT TRACKING ON BCAST",
        "CLIENT TRACKING ON NONSENSE",
        "CLIENT TRACKING OFF NONSENSE",
        "CLIENT TRACKING off BCAST",
        "CLIENT TRACKING OFF",
        "CLIENT TRACKING ON BCAST OPTIN",
        "CLIENT TRACKING ON BCAST OPTOUT",
        "CLIENT TRACKING ON BCAST",
        "CLIENT TRACKING ON",
        Number(on="ear2"),
        Redirect("CLIENT TRACKING ON BCAST REDIRECT {ear2} REDIRECT {ear2}"),
    ),
    case(
        "tracking: OPTIN and OPTOUT do not change places",
        "CLIENT TRACKING ON OPTIN",
        "CLIENT TRACKING ON OPTOUT",
        "CLIENT CACHING NO",
        "CLIENT CACHING x",
        "CLIENT TRACKING ON",
        "CLIENT CACHING YES",
        "CLIENT TRACKING ON OPTOUT",
        "CLIENT TRACKING ON OPTIN",
        "CLIENT CACHING YES",
        "CLIENT CACHING NO",
        "CLIENT TRACKINGINFO",
        "CLIENT TRACKING OFF",
        "CLIENT CACHING NO",
        "CLIENT TRACKINGINFO",
    ),
    case(
        "tracking: prefixes must not overlap",
        "CLIENT TRACKING ON BCAST PREFIX a PREFIX b",
        "CLIENT TRACKING ON BCAST PREFIX ab",
        "CLIENT TRACKING ON BCAST PREFIX a",
        "CLIENT TRACKING ON BCAST PREFIX c PREFIX cd",
        "CLIENT TRACKING ON BCAST PREFIX cd PREFIX c",
        "CLIENT TRACKING ON BCAST PREFIX c PREFIX c",
        "CLIENT TRACKING ON BCAST PREFIX ''",
        "CLIENT TRACKING ON BCAST PREFIX c",
        "CLIENT TRACKINGINFO",
        "CLIENT TRACKING ON BCAST NOLOOP",
        "CLIENT TRACKINGINFO",
        "CLIENT GETREDIR",
        "CLIENT TRACKING OFF",
        "CLIENT TRACKINGINFO",
        "CLIENT GETREDIR",
    ),
    case(
        "tracking: what describes it",
        "CLIENT TRACKINGINFO",
        "CLIENT GETREDIR",
        ("CLIENT INFO", client_fields("flags", "redir")),
        "CLIENT TRACKING ON OPTIN NOLOOP",
        "CLIENT TRACKINGINFO",
        "CLIENT GETREDIR",
        ("CLIENT INFO", client_fields("flags", "redir")),
        "CLIENT CACHING YES",
        "CLIENT TRACKINGINFO",
        "CLIENT TRACKINGINFO",
        "PING",
        "CLIENT TRACKINGINFO",
        "RESET",
        "CLIENT TRACKINGINFO",
        ("CLIENT INFO", client_fields("flags", "redir")),
        "CLIENT TRACKING ON BCAST PREFIX x PREFIX y",
        "ear3> CLIENT TRACKING ON BCAST PREFIX x",
        ("CLIENT INFO", client_fields("flags", "redir")),
        "CLIENT TRACKING OFF",
    ),
    case(
        "tracking: counts of keys and readers",
        "one3> CLIENT TRACKING ON",
        "two3> CLIENT TRACKING ON",
        "one3> MGET a b c",
        "two3> MGET c d",
        "two3> GET c",
        ("INFO stats", info_fields(equal=("tracking_total_keys", "tracking_total_items"))),
        "SET c 1",
        Read(on="one3"),
        Read(on="two3"),
        ("INFO stats", info_fields(equal=("tracking_total_keys", "tracking_total_items"))),
        "FLUSHALL",
        ("INFO stats", info_fields(equal=("tracking_total_keys", "tracking_total_items"))),
        Read(on="one3"),
        Read(on="two3"),
    ),
]

MODES = [
    case(
        "tracking: once for each time it is read",
        "ear3> CLIENT TRACKING ON",
        "ear3> GET k",
        "SET k 1",
        Read(on="ear3"),
        "SET k 2",
        "ear3> PING",
        "ear3> GET k",
        "SET k 3",
        Read(on="ear3"),
        "ear3> CLIENT TRACKING OFF",
        "ear3> GET k",
        "SET k 4",
        "ear3> PING",
        Silence(on="ear3"),
    ),
    case(
        "tracking: one's own changes, behind their reply",
        "ear3> CLIENT TRACKING ON",
        "ear3> GET k",
        "ear3> SET k 1",
        Read(on="ear3"),
        "ear3> MULTI",
        "ear3> GET k",
        "ear3> SET k 1",
        "ear3> EXEC",
        Read(on="ear3"),
        "ear3> GET k",
        "ear3> FLUSHALL",
        Read(on="ear3"),
        "ear3> CLIENT TRACKING ON NOLOOP",
        "ear3> GET k",
        "ear3> SET k 2",
        "ear3> PING",
        "SET k 3",
        "ear3> PING",
        "ear3> GET k",
        "SET k 3",
        Read(on="ear3"),
        "ear3> FLUSHDB",
        Read(on="ear3"),
    ),
    case(
        "tracking: OPTIN",
        "ear3> CLIENT TRACKING ON OPTIN",
        "ear3> GET k",
        "SET k 1",
        "ear3> PING",
        "ear3> CLIENT CACHING YES",
        "ear3> GET k",
        "ear3> GET l",
        "MSET k 1 l 1",
        Read(on="ear3"),
        "ear3> PING",
        "ear3> CLIENT CACHING YES",
        "ear3> MULTI",
        "ear3> GET k",
        "ear3> GET l",
        "ear3> EXEC",
        "SET k 1",
        Read(on="ear3"),
        "SET l 1",
        Read(on="ear3"),
        "ear3> MULTI",
        "ear3> CLIENT CACHING YES",
        "ear3> GET k",
        "ear3> EXEC",
        "ear3> GET l",
        "MSET k 1 l 1",
        Read(on="ear3"),
        "ear3> PING",
    ),
    case(
        "tracking: OPTIN in a pipeline",
        "ear3> CLIENT TRACKING ON OPTIN",
        Pipeline("GET a", "CLIENT CACHING YES", "MGET k l", "GET m", "PING", on="ear3"),
        "MSET a 1 m 1",
        "ear3> PING",
        "SET k 1",
        Read(on="ear3"),
        "SET l 1",
        Read(on="ear3"),
        Pipeline("CLIENT CACHING YES", "NONSENSE", "GET k", on="ear3"),
        "SET k 1",
        "ear3> PING",
    ),
    case(
        "tracking: OPTOUT",
        "ear3> CLIENT TRACKING ON OPTOUT",
        "ear3> GET k",
        "SET k 1",
        Read(on="ear3"),
        "ear3> CLIENT CACHING NO",
        "ear3> GET k",
        "SET k 1",
        "ear3> PING",
        "ear3> GET k",
        "SET k 1",
        Read(on="ear3"),
    ),
    case(
        "tracking: by prefix",
        "ear3> CLIENT TRACKING ON BCAST PREFIX a PREFIX b",
        "SET a1 1",
        Read(on="ear3"),
        "SET c1 1",
        "ear3> GET c1",
        "SET c1 1",
        "ear3> PING",
        "MSET b1 1 c 1",
        Read(on="ear3"),
        "DEL a1 b1 c1",
        ReadKeys(2, on="ear3"),
        "FLUSHALL",
        Read(on="ear3"),
        "ear3> SET a 1",
        Read(on="ear3"),
        "ear3> CLIENT TRACKING ON BCAST NOLOOP PREFIX d",
        "ear3> SET a 1",
        "ear3> PING",
        "SET d 1",
        Read(on="ear3"),
        "ear3> CLIENT TRACKING OFF",
        "SET d 1",
        "ear3> PING",
    ),
    case(
        "tracking: all prefixes",
        "one3> CLIENT TRACKING ON BCAST",
        "two3> CLIENT TRACKING ON BCAST PREFIX ''",
        "MSET a 1 b 2 c 3",
        ReadKeys(3, on="one3"),
        ReadKeys(3, on="two3"),
        *[step for write in ("SADD s a", "SPOP s") for step in (write, Read(on="one3"), Read(on="two3"))],
    ),
    case(
        "tracking: many readers and keys",
        "one3> CLIENT TRACKING ON",
        "two3> CLIENT TRACKING ON",
        "one3> MGET a b c d e f",
        "two3> MGET a b c d e f",
        "MSET a 1 b 1 c 1 d 1 e 1 f 1",
        ReadSeveral(6, on="one3"),
        ReadSeveral(6, on="two3"),
    ),
    case(
        "tracking: of what expires",
        "SET k 1 PX 60",
        "ear3> CLIENT TRACKING ON",
        "ear3> GET k",
        Read(on="ear3"),
        "ear3> GET k",
        "ear3> PING",
    ),
    case(
        "tracking: RESP2 is told nothing",
        "plain2> CLIENT TRACKING ON",
        "plain2> GET k",
        "SET k 1",
        "plain2> PING",
        "plain2> CLIENT TRACKINGINFO",
        "ear3> CLIENT TRACKING ON",
        "ear3> GET k",
        "ear3> PING",
        "SET k 1",
        Read(on="ear3"),
    ),
    case(
        "tracking: errors are reads",
        "RPUSH l 1",
        "ear3> CLIENT TRACKING ON",
        "ear3> GET l",
        "RPUSH l 1",
        Read(on="ear3"),
    ),
    case("tracking: while replies are off", *told_after("CLIENT", "REPLY", "OFF")),
    case(
        "tracking: while waiting",
        *told_after("BLPOP", "l", "0"),
        "RPUSH l 1",
        Read(on="ear3"),
        "ear3> GET l",
        "RPUSH l 1",
        Read(on="ear3"),
    ),
]

REDIRECTIONS = [
    case(
        "tracking: redirected to a subscriber in RESP2",
        Number(on="ear2"),
        Redirect("mouth2> CLIENT TRACKING ON REDIRECT {ear2}"),
        "mouth2> GET k",
        "SET k 1",
        "ear2> PING",
        "ear2> SUBSCRIBE __redis__:invalidate",
        "mouth2> GET k",
        "SET k 1",
        Read(on="ear2"),
        "FLUSHALL",
        Read(on="ear2"),
        "mouth2> MGET a b",
        "MSET a 1 b 1",
        ReadSeveral(2, on="ear2"),
        "ear2> PING",
    ),
    case(
        "tracking: redirected",
        Number(on="ear3"),
        Redirect("mouth3> CLIENT TRACKING ON REDIRECT {ear3}"),
        ("mouth3> CLIENT TRACKINGINFO", without_numbers),
        ("mouth3> CLIENT GETREDIR", without_numbers),
        "mouth3> GET k",
        "SET k 1",
        Read(on="ear3"),
        "mouth3> PING",
        "FLUSHALL",
        Read(on="ear3"),
        "mouth3> GET k",
        "mouth3> SET k 1",
        Read(on="ear3"),
        "mouth3> CLIENT TRACKING ON",
        "mouth3> GET k",
        "SET k 1",
        Read(on="mouth3"),
        "ear3> PING",
    ),
    case(
        "tracking: redirected by prefix",
        Number(on="ear3"),
        Redirect("mouth2> CLIENT TRACKING ON BCAST PREFIX x REDIRECT {ear3}"),
        "SET x1 1",
        Read(on="ear3"),
        "mouth2> SET x2 1",
        Read(on="ear3"),
        "mouth2> CLIENT TRACKING OFF",
        "SET x1 1",
        "ear3> PING",
    ),
    case(
        "tracking: redirected to oneself",
        Number(on="ear3"),
        Redirect("ear3> CLIENT TRACKING ON REDIRECT {ear3}"),
        "ear3> GET k",
        "SET k 1",
        Read(on="ear3"),
    ),
    case(
        "tracking: redirected to a client that is gone",
        Number(on="ear3"),
        Redirect("mouth3> CLIENT TRACKING ON REDIRECT {ear3}"),
        "mouth3> GET k",
        SendBytes(encode(["QUIT"]), on="ear3"),
        IsClosed(on="ear3"),
        "SET k 1",
        Read(on="mouth3", check=without_numbers),
        ("mouth3> CLIENT TRACKINGINFO", without_numbers),
        ("mouth3> CLIENT INFO", client_fields("flags")),
        "FLUSHALL",
        Read(on="mouth3", check=without_numbers),
        "mouth3> CLIENT TRACKING ON",
        ("mouth3> CLIENT TRACKINGINFO", without_numbers),
    ),
]

CASES = wrong_arity(ARITIES) + WRITES + READS + OPTIONS + MODES + REDIRECTIONS
