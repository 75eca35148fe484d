"""Scripts that make the packaged Lua or its cjson go deeper, or count further, than they can: refused, and all goes on."""

import pytest

from harness.resp import encode
from harness.server import Server

BOUND = 60
TOO_LARGE = "Cannot serialise: the text could become larger than 1 GB"
SCRIPTS = [
    ("unpack({1}, -2147483647, 2147483647)", "too many results to unpack"),
    ("unpack({}, 0, 2147483647)", "too many results to unpack"),
    ("string.find(string.rep('a', 300000), string.rep('a?', 300000))", "pattern too complex"),
    ("('x'):match(string.rep('a*', 300000))", "pattern too complex"),
    ("string.gsub(string.rep('a', 300000), string.rep('a-', 300000) .. 'b', '')", "pattern too complex"),
    ("string.gmatch(string.rep('a', 300000), string.rep('a?', 300000))()", "pattern too complex"),
    ("(function(t) for i = 1, 60 do t = {t, t} end return cjson.encode(t) end)({})", TOO_LARGE),
    ("(function(s, t) for i = 1, 200 do t[i] = s end return cjson.encode(t) end)(string.rep('a', 1e6), {})", TOO_LARGE),
    ("cjson.new().new().encode({string.rep('a', 2e8)})", TOO_LARGE),
    ("(function(c) c.encode_sparse_array(false, 0) return c.encode({[1e9] = 1}) end)(cjson.new())", TOO_LARGE),
]


@pytest.fixture(scope="module")
def server():
    with Server("needletail", threads=2) as server:
        yield server


@pytest.mark.parametrize("script, error", SCRIPTS, ids=lambda text: text[:40])
def test_what_is_too_much_is_refused(server, script, error):
    connection = server.connect()
    connection.send(encode(["EVAL", "return " + script, "0"]))
    reply = connection.read(BOUND)[0]
    assert reply.startswith(b"-ERR user_script:1: " + error.encode())
    assert connection.call("PING") == b"PONG"


def test_what_is_long_but_harmless_is_not(server):
    connection = server.connect()
    for script, reply in (
        ("select('#', unpack({}, 1, 7000))", 7000),
        ("string.find('x', string.rep('-', 100000), 1, true) or 'none'", b"none"),
        ("string.find(string.rep('a', 4000), string.rep('a?', 4000))", 1),
        ("#cjson.encode({string.rep('a', 1e7)})", 10_000_004),
        ("#cjson.decode('[\"' .. string.rep('a', 1e7) .. '\"]')[1]", 10_000_000),
    ):
        assert connection.call("EVAL", "return " + script, "0") == reply
