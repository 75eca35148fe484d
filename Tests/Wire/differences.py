"""The one list of differences from Redis 7.0 that are meant, each with its reason.

A difference names the cases and the command it is about (both as shell patterns) and what Needletail answers there:
bytes, or a function of the value. A difference that no case shows any more fails the tests: take it out.

What two replies may leave open is not here but in the step's check (harness/compare.py): the order of sets, and which of
several places at exactly the same distance come first when GEOSEARCH's COUNT leaves some of them out (docs/geo.md).
"""

from harness.case import Difference

LISTPACK = b"$8\r\nlistpack\r\n"

DIFFERENCES = [
    Difference(
        "OBJECT ENCODING: collections",
        "OBJECT ENCODING l",
        LISTPACK,
        "A list that fits one node is a listpack, as since Redis 7.2.",
    ),
    Difference(
        "OBJECT ENCODING: collections",
        "OBJECT ENCODING t",
        LISTPACK,
        "A small set of strings is a listpack, as since Redis 7.2.",
    ),
    Difference(
        "CONFIG SET: words out of a list",
        "CONFIG SET maxmemory-policy *",
        lambda value: b"allkeys-random, allkeys-s3fifo, volatile-s3fifo, noeviction" in value,
        "The error lists two policies that Redis does not have.",
    ),
    Difference(
        "XADD: the last sequence number",
        "XADD s 5-[*] a b",
        b"-ERR The ID specified in XADD is equal or smaller than the target stream top item\r\n",
        "Redis 7.0 says that the elements are too large, which they are not.",
    ),
]
