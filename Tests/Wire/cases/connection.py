"""Cases of the group "connection", without CLIENT TRACKING, CACHING, TRACKINGINFO and GETREDIR."""

from harness.case import IsClosed, Pipeline, Read, Send, SendBytes, Silence, Sleep, Step, case, literal, wrong_arity
from harness.compare import Reply, anything, between, client_fields, help_lines, same_type
from harness.resp import OK, Error

ARITIES = {
    "AUTH": -2,
    "CLIENT": -2,
    "CLIENT GETNAME": 2,
    "CLIENT HELP": 2,
    "CLIENT ID": 2,
    "CLIENT INFO": 2,
    "CLIENT KILL": -3,
    "CLIENT LIST": -2,
    "CLIENT NO-EVICT": 3,
    "CLIENT PAUSE": -3,
    "CLIENT REPLY": 3,
    "CLIENT SETNAME": 3,
    "CLIENT UNBLOCK": -3,
    "CLIENT UNPAUSE": 2,
    "ECHO": 2,
    "HELLO": -1,
    "PING": -1,
    "RESET": 1,
    "SELECT": 2,
    "QUIT": -1,
}


def hello(ours, oracle):
    """The reply of HELLO: the same names in the same order, the same values but for version and id."""
    for reply in (ours, oracle):
        if not isinstance(reply.value, list):
            return None if ours.raw == oracle.raw else "differs"
    if type(ours.value) is not type(oracle.value) or ours.value[::2] != oracle.value[::2]:
        return "has other fields"
    for name, our, their in zip(ours.value[::2], ours.value[1::2], oracle.value[1::2]):
        if name not in (b"version", b"id") and our != their:
            return f"differs in {name}"
        if type(our) is not type(their):
            return f"has another type in {name}"
    return None


BASIC = [
    case(
        "PING: without and with a message", "PING", "PING hello", "PING ''", "PING a b", "ping", ["PING", b"\r\n\x00"]
    ),
    case("ECHO", "ECHO hello", "ECHO ''", ["ECHO", b"\x00\r\n\xff"], ["ECHO", "x" * 100000], "ECHO", "ECHO a b"),
    case(
        "SELECT: databases are apart",
        "SET k zero",
        "SELECT 1",
        "GET k",
        "SET k one",
        "DBSIZE",
        "SELECT 15",
        "GET k",
        "SELECT 0",
        "GET k",
        "SELECT 1",
        "GET k",
        "FLUSHDB",
        "SELECT 0",
        "DBSIZE",
    ),
    case(
        "SELECT: bad numbers",
        "SELECT 16",
        "SELECT -1",
        "SELECT abc",
        "SELECT ''",
        "SELECT 1.5",
        "SELECT 9223372036854775808",
        "SELECT 99999999999",
        "SELECT 0",
        "SELECT 00",
        "SELECT +1",
        "GET k",
    ),
    case(
        "SELECT: every database",
        *[step for i in range(16) for step in (f"SELECT {i}", f"SET k {i}")],
        *[step for i in range(16) for step in (f"SELECT {i}", "GET k", "DBSIZE", "FLUSHDB")],
    ),
    case(
        "SELECT: pipelined with commands",
        Pipeline(
            "SELECT 1",
            "SET k 1",
            "SELECT 2",
            "SET k 2",
            "GET k",
            "SELECT 1",
            "GET k",
            "SELECT 0",
            "GET k",
            "SELECT 99",
            "GET k",
            "FLUSHALL",
        ),
    ),
    case(
        "SELECT: the choice is the connection's own",
        "SELECT 3",
        "SET k 3",
        "other> GET k",
        "other> SELECT 3",
        "other> GET k",
        "FLUSHDB",
    ),
    case("QUIT: answers and closes", "SET k v", "QUIT", IsClosed()),
    case(
        "QUIT: what follows is not executed", SendBytes(b"QUIT\r\nSET k v\r\n", replies=1), IsClosed(), "other> GET k"
    ),
    case("QUIT: with arguments", "QUIT now please", IsClosed()),
    case(
        "RESET: a new connection",
        "SELECT 5",
        "CLIENT SETNAME me",
        "MULTI",
        "RESET",
        "CLIENT GETNAME",
        "SET k v",
        "SELECT 5",
        "GET k",
        "EXEC",
        protocols=(2,),
    ),
    case("RESET: back to RESP2", "RESET", "GET missing", "CLIENT GETNAME", "PING"),
    case(
        "Unknown commands: their texts",
        "FOO",
        "FOO a",
        "FOO a b c",
        "foo 'with space' x",
        ["FOO", b"\x00\x01\xff"],
        ["FOO", "x" * 200],
        ["FOO", *["y" * 50] * 10],
        ["F" * 200],
        ["F" * 100, "a"],
        "''",
        ["FOO\r\nBAR", "a\r\nb"],
        "GETT k",
        "GET",
        "SET k",
        "COMMAND FOO",
        "CLIENT FOO",
        "CLIENT FOO bar",
        "CONFIG FOO",
        "client foo",
    ),
    case(
        "Inline: replies as to arrays",
        SendBytes(b"PING\r\nSET k v\nGET k\r\n\r\n\n   \r\nGET k\r\n", replies=4),
        SendBytes(b'SET \'q w\' "a\\x41\\n"\r\nGET "q w"\r\n', replies=2),
        SendBytes(b"  GET   k  \r\n", replies=1),
        SendBytes(b"SET e ''\r\nGET e\r\nSET e \"\"\r\nGET e\r\n", replies=4),
        SendBytes(b"get\tk\r\n", replies=1),
    ),
    case("Inline: unbalanced quotes", SendBytes(b'SET k "v\r\n'), IsClosed()),
    case("Inline: text behind a closing quote", SendBytes(b'SET k "v"x\r\n'), IsClosed()),
    case(
        "Inline: single quotes",
        SendBytes(b"SET k 'it\\'s'\r\nGET k\r\n", replies=2),
        SendBytes(b"SET k 'x\\n'\r\nGET k\r\n", replies=2),
    ),
    case(
        "Pipeline: many commands",
        Pipeline(*[f"SET k{i} {i}" for i in range(500)]),
        Pipeline(*[f"GET k{i}" for i in range(500)]),
        Pipeline(*[f"INCR k{i % 10}" for i in range(500)]),
        Pipeline(*["PING"] * 500),
    ),
    case(
        "Pipeline: mixed with errors",
        Pipeline(
            "SET k v",
            "INCR k",
            "FOO",
            "GET",
            "GET k",
            "SELECT 99",
            "PING",
            "GET missing",
            "MGET k missing k",
            "DEL k",
            "GET k",
        ),
    ),
    case(
        "Pipeline: one command in two writes",
        SendBytes(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nhe"),
        Silence(),
        SendBytes(b"llo\r\n*2\r\n$3\r\nGET\r\n", replies=1),
        Silence(),
        SendBytes(b"$1\r\nk\r\n", replies=1),
    ),
    case(
        "Requests: empty and null arrays",
        SendBytes(b"*0\r\n*-1\r\nPING\r\n", replies=1),
        SendBytes(b"*-100\r\nPING\r\n", replies=1),
    ),
]

HELLOS = [
    case("HELLO: without arguments", ("HELLO", hello), ("hello", hello)),
    case(
        "HELLO: 2 and 3",
        ("HELLO 2", hello),
        "GET missing",
        ("HELLO 3", hello),
        "GET missing",
        "CONFIG GET maxmemory-policy",
        ("HELLO 2", hello),
        "GET missing",
    ),
    case(
        "HELLO: bad versions",
        "HELLO 1",
        "HELLO 4",
        "HELLO abc",
        "HELLO ''",
        "HELLO -1",
        "HELLO 2.0",
        "HELLO 9223372036854775808",
        "GET missing",
    ),
    case(
        "HELLO: SETNAME",
        ("HELLO 2 SETNAME me", hello),
        "CLIENT GETNAME",
        ("HELLO 3 setname you", hello),
        "CLIENT GETNAME",
        "HELLO 2 SETNAME 'a b'",
        "CLIENT GETNAME",
        ("HELLO 2 SETNAME ''", hello),
        "CLIENT GETNAME",
        "HELLO 2 SETNAME",
    ),
    case(
        "HELLO: AUTH",
        ("HELLO 2 AUTH default ''", hello),
        ("HELLO 3 AUTH default wrong", hello),
        "HELLO 3 AUTH nobody x",
        "HELLO 3 AUTH default",
        "HELLO 3 AUTH",
        "HELLO 3 FOO",
        "HELLO 2 FOO bar",
        ("HELLO 2 AUTH default x SETNAME n", hello),
        "CLIENT GETNAME",
        "HELLO 3 SETNAME 'b c' AUTH default x",
        "GET missing",
    ),
    case(
        "AUTH: without a password set",
        "AUTH x",
        "AUTH default x",
        "AUTH default ''",
        "AUTH nobody x",
        "AUTH a b c",
        "PING",
    ),
]

CLIENTS = [
    case(
        "CLIENT: subcommands",
        "CLIENT",
        "CLIENT FOO",
        ("CLIENT HELP", help_lines),
        ("CLIENT help", help_lines),
        "CLIENT GETNAME x",
        "CLIENT ID x",
    ),
    case(
        "CLIENT SETNAME and GETNAME",
        "CLIENT GETNAME",
        "CLIENT SETNAME one",
        "CLIENT GETNAME",
        "CLIENT SETNAME ''",
        "CLIENT GETNAME",
        "CLIENT SETNAME 'a b'",
        "CLIENT SETNAME a\\nb",
        ["CLIENT", "SETNAME", b"a\nb"],
        ["CLIENT", "SETNAME", b"a\x7fb"],
        ["CLIENT", "SETNAME", b"\xc3\xa4"],
        "CLIENT GETNAME",
        "CLIENT SETNAME !~",
        "CLIENT GETNAME",
    ),
    case("CLIENT ID: an integer that stays", ("CLIENT ID", between(1, 1 << 60)), ("CLIENT ID", between(1, 1 << 60))),
    case(
        "CLIENT INFO: fields",
        ("CLIENT INFO", client_fields("name", "db", "sub", "psub", "multi", "user", "redir", "resp", "flags", "cmd")),
        "CLIENT SETNAME me",
        "SELECT 2",
        ("CLIENT INFO", client_fields("name", "db", "cmd", "flags")),
        "MULTI",
        "GET a",
        "CLIENT INFO",
        "DISCARD",
    ),
    case(
        "CLIENT LIST: by number",
        "CLIENT LIST ID 999999",
        ("CLIENT LIST ID 999999 999998", same_type),
        "CLIENT LIST ID",
        "CLIENT LIST ID x",
        "CLIENT LIST ID -1",
        "CLIENT LIST ID 0",
        "CLIENT LIST ID 1 x",
    ),
    case(
        "CLIENT LIST: types and errors",
        ("CLIENT LIST", same_type),
        ("CLIENT LIST TYPE normal", same_type),
        ("CLIENT LIST TYPE NORMAL", same_type),
        "CLIENT LIST TYPE pubsub",
        "CLIENT LIST TYPE master",
        "CLIENT LIST TYPE replica",
        "CLIENT LIST TYPE slave",
        "CLIENT LIST TYPE foo",
        "CLIENT LIST TYPE",
        "CLIENT LIST FOO",
        "CLIENT LIST TYPE normal ID 1",
    ),
    case(
        "CLIENT KILL: errors",
        "CLIENT KILL",
        "CLIENT KILL foo",
        "CLIENT KILL 1.2.3.4:5",
        "CLIENT KILL ID",
        "CLIENT KILL ID x",
        "CLIENT KILL ID 999999",
        "CLIENT KILL ID -1",
        "CLIENT KILL ID 0",
        "CLIENT KILL TYPE foo",
        "CLIENT KILL ADDR 1.2.3.4:5",
        "CLIENT KILL LADDR 1.2.3.4:5",
        "CLIENT KILL USER nobody",
        "CLIENT KILL SKIPME maybe",
        "CLIENT KILL SKIPME",
        "CLIENT KILL FOO bar",
        "CLIENT KILL TYPE pubsub",
        "CLIENT KILL TYPE master",
        "CLIENT KILL TYPE replica",
        "CLIENT KILL ID 999999 SKIPME yes",
        "CLIENT KILL ID 999999 TYPE normal ADDR 1.2.3.4:5",
    ),
    case(
        "CLIENT NO-EVICT",
        "CLIENT NO-EVICT on",
        "CLIENT NO-EVICT off",
        "CLIENT NO-EVICT maybe",
        "CLIENT NO-EVICT ON",
        "CLIENT NO-EVICT",
    ),
    case(
        "CLIENT REPLY: OFF, SKIP, ON",
        "CLIENT REPLY ON",
        Send("CLIENT REPLY OFF"),
        Send("SET k v"),
        Send("FOO"),
        Send("GET"),
        Silence(),
        "CLIENT REPLY ON",
        "GET k",
        Send("CLIENT REPLY SKIP"),
        Send("SET k w"),
        "GET k",
        Send("CLIENT REPLY SKIP"),
        Send("CLIENT REPLY SKIP"),
        Send("GET k"),
        "GET k",
        "CLIENT REPLY FOO",
        "CLIENT REPLY",
    ),
    case(
        "CLIENT REPLY: pipelined",
        SendBytes(
            b"CLIENT REPLY SKIP\r\nSET k 1\r\nGET k\r\nCLIENT REPLY OFF\r\nINCR k\r\nINCR k\r\n"
            b"CLIENT REPLY ON\r\nGET k\r\n",
            replies=3,
        ),
    ),
    case(
        "CLIENT PAUSE: arguments",
        "CLIENT PAUSE",
        "CLIENT PAUSE x",
        "CLIENT PAUSE -1",
        "CLIENT PAUSE 0",
        "CLIENT PAUSE 0 WRITE",
        "CLIENT PAUSE 0 ALL",
        "CLIENT PAUSE 0 FOO",
        "CLIENT PAUSE 0 WRITE x",
        "CLIENT UNPAUSE",
        "CLIENT UNPAUSE x",
        "CLIENT PAUSE 99999999999999999999",
    ),
    case(
        "CLIENT PAUSE: WRITE lets readers through",
        "SET k 1",
        "CLIENT PAUSE 10000 WRITE",
        "other> GET k",
        Send("SET k 2", on="writer"),
        Silence(0.1, on="writer"),
        "other> GET k",
        "CLIENT UNPAUSE",
        Read(on="writer"),
        "other> GET k",
    ),
    case(
        "CLIENT PAUSE: ALL stops everyone else",
        "SET k 1",
        "other> PING",
        "CLIENT PAUSE 800 ALL",
        Send("GET k", on="other"),
        Silence(0.1, on="other"),
        Sleep(0.9),
        Read(on="other"),
    ),
    case(
        "CLIENT PAUSE: a paused writer in a transaction",
        "w> MULTI",
        "w> SET k 2",
        "CLIENT PAUSE 10000 WRITE",
        Send("EXEC", on="w"),
        Silence(0.1, on="w"),
        "CLIENT UNPAUSE",
        Read(on="w"),
        "GET k",
    ),
    case(
        "CLIENT UNBLOCK: errors",
        "CLIENT UNBLOCK",
        "CLIENT UNBLOCK x",
        "CLIENT UNBLOCK 999999",
        "CLIENT UNBLOCK 999999 TIMEOUT",
        "CLIENT UNBLOCK 999999 ERROR",
        "CLIENT UNBLOCK 999999 FOO",
        "CLIENT UNBLOCK -1",
        "CLIENT UNBLOCK 1 2 3",
    ),
]


def is_error(prefix):
    return lambda value: isinstance(value, Error) and value.startswith(prefix.encode())


def lines(count):
    """A text of so many lines."""
    return lambda value: isinstance(value, bytes) and value.count(b"\n") == count


class IsDropped(IsClosed):
    """The server closes the connection; no oracle is asked."""

    def judge(self, ours, oracle, protocol):
        return None if ours.value else "is still open"


FILTERS = [
    literal(
        "CLIENT LIST: filters of Valkey",
        ("CLIENT SETNAME filtered", OK),
        Step("other> CLIENT SETNAME other", anything),
        Step("other> SELECT 3", anything),
        ("CLIENT LIST NAME filtered", lines(1)),
        ("CLIENT LIST NAME other", lines(1)),
        ("CLIENT LIST NAME nobody", lines(0)),
        ("CLIENT LIST NAME filtered SKIPME yes", lines(0)),
        ("CLIENT LIST NAME filtered SKIPME no", lines(1)),
        ("CLIENT LIST DB 3", lines(1)),
        ("CLIENT LIST DB 3 NOT-NAME other", lines(0)),
        ("CLIENT LIST NAME other FLAGS N", lines(1)),
        ("CLIENT LIST NAME other FLAGS O", lines(0)),
        ("CLIENT LIST NAME other IP 127.0.0.1", lines(1)),
        ("CLIENT LIST NAME other IP 10.0.0.1", lines(0)),
        ("CLIENT LIST NAME other USER default", lines(1)),
        ("CLIENT LIST NAME other IDLE 1000", lines(0)),
        ("CLIENT LIST NAME other MAXAGE 1000", lines(0)),
        ("CLIENT LIST NAME other LIB-NAME x", lines(0)),
        ("CLIENT LIST NAME", is_error("ERR syntax error")),
        ("CLIENT LIST DB x", is_error("ERR ")),
        ("CLIENT LIST DB 16", is_error("ERR DB index is out of range")),
        ("CLIENT LIST IDLE x", is_error("ERR ")),
        ("CLIENT LIST SKIPME maybe", is_error("ERR syntax error")),
        Step("other> CLIENT CAPA redirect", anything),
        ("CLIENT LIST CAPA r NAME other", lines(1)),
        ("CLIENT LIST NOT-CAPA r NAME other", lines(0)),
    ),
    literal(
        "CLIENT KILL: filters of Valkey",
        Step("other> CLIENT SETNAME victim", anything),
        ("CLIENT KILL NAME nobody", 0),
        ("CLIENT KILL NAME victim NOT-DB 0", 0),
        ("CLIENT KILL NAME victim DB 0", 1),
        IsDropped(on="other"),
        Step("third> CLIENT SETNAME victim", anything),
        ("CLIENT KILL ID 999999 999998", 0),
        ("CLIENT KILL NOT-NAME victim NAME victim", 0),
        ("CLIENT KILL LIB-NAME ''  NAME victim", 1),
        IsDropped(on="third"),
        "PING",
    ),
]


class KillSelected(Step):
    """CLIENT KILL with the number, address or name of the connection `victim`, asked for first."""

    def __init__(self, template):
        super().__init__("CLIENT KILL")
        self.template = template

    @property
    def text(self):
        return "CLIENT KILL " + self.template

    def run(self, client):
        victim = client.connection("victim")
        number = victim.call("CLIENT", "ID")
        victim.call("CLIENT", "SETNAME", "victim")
        fields = dict(
            pair.split("=", 1) for pair in bytes(victim.call("CLIENT", "INFO")).decode().split() if "=" in pair
        )
        words = self.template.format(id=number, addr=fields["addr"], laddr=fields["laddr"]).split()
        connection = client.connection("main")
        return Reply(connection.raw_call("CLIENT", "KILL", *words), None)


class KillSelf(Step):
    """CLIENT KILL of the connection that says it."""

    def run(self, client):
        connection = client.connection("main")
        return Reply(connection.raw_call("CLIENT", "KILL", "ID", connection.call("CLIENT", "ID"), "SKIPME", "no"), None)


KILLS = (
    [
        case(f"CLIENT KILL: {template}", KillSelected(template), IsClosed(on="victim"), "PING")
        for template in (
            "{addr}",
            "ID {id}",
            "ADDR {addr}",
            "ID {id} ADDR {addr}",
            "LADDR {laddr} ID {id}",
            "ID {id} TYPE normal",
            "ID {id} USER default",
            "ID {id} SKIPME yes",
            "ID {id} SKIPME no",
            "id {id} skipme YES",
        )
    ]
    + [
        case(f"CLIENT KILL: {template} meets nobody", KillSelected(template), "victim> PING", "PING")
        for template in ("ID {id} TYPE pubsub", "ID {id} ADDR 1.2.3.4:5", "ID {id} USER nobody")
    ]
    + [
        case("CLIENT KILL: oneself", KillSelf("CLIENT KILL ID self SKIPME no"), IsClosed()),
    ]
)


def has_fields(**fields):
    def check(value):
        if not isinstance(value, bytes):
            return False
        pairs = dict(word.split("=", 1) for word in bytes(value).decode().split() if "=" in word)
        return all(pairs.get(name.replace("_", "-")) == wanted for name, wanted in fields.items())

    return check


NEWER = [
    literal(
        "CLIENT NO-TOUCH",
        ("CLIENT NO-TOUCH on", OK),
        ("CLIENT NO-TOUCH OFF", OK),
        ("CLIENT NO-TOUCH maybe", is_error("ERR ")),
        ("CLIENT NO-TOUCH", is_error("ERR wrong number of arguments for 'client|no-touch'")),
    ),
    literal(
        "CLIENT NO-TOUCH: reads leave no trace, TOUCH does",
        ("SET k v", OK),
        ("CLIENT NO-TOUCH on", OK),
        Sleep(2.1),
        ("GET k", b"v"),
        ("OBJECT IDLETIME k", lambda value: value >= 2),
        Step("other> STRLEN nothing", anything),
        ("MGET k k2", lambda value: value[0] == b"v"),
        ("OBJECT IDLETIME k", lambda value: value >= 2),
        ("TOUCH k", 1),
        ("OBJECT IDLETIME k", lambda value: value <= 1),
        protocols=(2,),
    ),
    literal(
        "CLIENT SETINFO",
        ("CLIENT SETINFO LIB-NAME lib", OK),
        ("CLIENT SETINFO lib-ver 1.2", OK),
        ("CLIENT INFO", has_fields(lib_name="lib", lib_ver="1.2")),
        (
            "CLIENT SETINFO LIB-NAME 'a b'",
            is_error("ERR lib-name cannot contain spaces, newlines or special characters."),
        ),
        (
            "CLIENT SETINFO LIB-VER 'a b'",
            is_error("ERR lib-ver cannot contain spaces, newlines or special characters."),
        ),
        ("CLIENT SETINFO FOO bar", is_error("ERR Unrecognized option 'FOO'")),
        ("CLIENT SETINFO LIB-NAME ''", OK),
        ("CLIENT SETINFO LIB-NAME", is_error("ERR wrong number of arguments for 'client|setinfo'")),
    ),
    literal(
        "CLIENT CAPA",
        ("CLIENT CAPA redirect", OK),
        ("CLIENT CAPA whatever else", OK),
        ("CLIENT CAPA", is_error("ERR wrong number of arguments for 'client|capa'")),
    ),
    literal(
        "CLIENT IMPORT-SOURCE",
        ("CLIENT IMPORT-SOURCE ON", is_error("ERR ")),
        ("CLIENT IMPORT-SOURCE maybe", is_error("ERR ")),
        ("CLIENT IMPORT-SOURCE", is_error("ERR wrong number of arguments for 'client|import-source'")),
    ),
    literal(
        "CLIENT KILL: MAXAGE",
        ("CLIENT KILL MAXAGE 100000", 0),
        ("CLIENT KILL MAXAGE x", is_error("ERR ")),
        ("CLIENT KILL MAXAGE 0", is_error("ERR ")),
        ("CLIENT KILL MAXAGE -1", is_error("ERR ")),
    ),
]

CASES = wrong_arity(ARITIES) + BASIC + HELLOS + CLIENTS + FILTERS + KILLS + NEWER
