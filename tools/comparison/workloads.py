"""The workloads: how a client is told to run each, and what the server must know for it."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    title: str
    commands: tuple[str, ...]
    # The arguments of needletail-bench that choose it.
    bench: tuple[str, ...]
    # The name of redis-benchmark's test; None where it has none.
    redis_benchmark: str | None = None
    # Whether it works on the keys that were written before.
    uses_keys: bool = False
    # A structure that is removed before each point, so that every server begins with the same.
    removed: str | None = None
    # Commands sent before each slice.
    prepared: tuple[str, ...] = ()
    # No more keys than these.
    most_keys: int | None = None
    # A slice is so many commands instead of so much time: for what costs more the more of it there is.
    is_counted: bool = False
    # The test that fills the structure again before each slice, for a workload that empties it.
    refill: str | None = None
    # Measured in a cache: maxmemory below what the keys take, allkeys-lru, a deadline on every other write.
    is_cache: bool = False
    # Measured only when it is asked for by its name.
    is_extra: bool = False
    # So many connections listen on the channel `news` and read what comes.
    subscribers: int = 0


def preset(name, command, **more):
    return Workload(name, name.upper(), (command,), ("-t", name), name, **more)


def publish(subscribers):
    count = "1 subscriber" if subscribers == 1 else f"{subscribers} subscribers"
    arguments = ("--command", "PUBLISH news __data__")
    return Workload(f"publish_{subscribers}", f"PUBLISH to {count}", ("PUBLISH",), arguments, subscribers=subscribers)


# Every other one changes the bit back. (Random numbers have leading zeros, which no offset may have.)
BIT_WRITES = ("--command", "SETBIT mybits 4095 1", "--command", "SETBIT mybits 4095 0")
# Every other SET has a deadline.
CACHE_WRITES = ("--command", "SET __key__ __data__", "--command", "SET __key__ __data__ EX 3600")

# Adding with a bound, and reading with a group what was added before, an entry a command.
BOUNDED_ADD = ("--command", "XADD mystream MAXLEN ~ 10000 * myfield __data__")
GROUP_READ = ("--command", "XREADGROUP GROUP mygroup consumer COUNT 1 STREAMS mystream >")
NEW_GROUP = ("DEL mystream", "XGROUP CREATE mystream mygroup 0 MKSTREAM")

ALL = {
    workload.name: workload
    for workload in (
        preset("get", "GET", uses_keys=True),
        preset("set", "SET", uses_keys=True),
        Workload(
            "mixed",
            "GET 80 %, SET 20 %, zipf",
            ("GET", "SET"),
            ("--mix", "get:80,set:20", "--distribution", "zipf:0.99"),
            uses_keys=True,
        ),
        Workload("mset", "MSET of 10", ("MSET",), ("-t", "mset"), "mset", uses_keys=True),
        Workload("mget", "MGET of 10", ("MGET",), ("-t", "mget"), uses_keys=True),
        preset("lpush", "LPUSH", removed="mylist"),
        Workload("rpop", "RPOP", ("RPOP", "LPUSH"), ("-t", "rpop"), "rpop", removed="mylist", refill="lpush"),
        Workload("lrange_100", "LRANGE 100", ("LRANGE", "RPUSH"), ("-t", "lrange_100"), "lrange_100", removed="mylist"),
        preset("sadd", "SADD", removed="myset"),
        preset("hset", "HSET", removed="myhash"),
        preset("zadd", "ZADD", removed="myzset"),
        Workload("setbit", "SETBIT", ("SETBIT",), BIT_WRITES, removed="mybits", is_extra=True),
        Workload(
            "pfadd",
            "PFADD",
            ("PFADD",),
            ("--command", "PFADD mylog element:__rand_int__"),
            removed="mylog",
            is_extra=True,
        ),
        Workload(
            "pfadd_many",
            "PFADD to 10,000 keys",
            ("PFADD",),
            ("--command", "PFADD log:__index__ element:__rand_int__"),
            most_keys=10_000,
            is_counted=True,
            is_extra=True,
        ),
        Workload("xadd", "XADD", ("XADD",), ("-t", "xadd"), "xadd", removed="mystream", is_extra=True),
        Workload("xadd_maxlen", "XADD MAXLEN ~", ("XADD",), BOUNDED_ADD, removed="mystream", is_extra=True),
        Workload(
            "xreadgroup",
            "XREADGROUP of 1",
            ("XREADGROUP", "XADD", "XGROUP"),
            GROUP_READ,
            prepared=NEW_GROUP,
            refill="xadd",
            is_extra=True,
        ),
        Workload(
            "xadd_xreadgroup",
            "XADD, XREADGROUP half and half",
            ("XREADGROUP", "XADD", "XGROUP"),
            (*BOUNDED_ADD, *GROUP_READ),
            prepared=NEW_GROUP,
            is_extra=True,
        ),
        Workload(
            "cache_get",
            "GET in a full cache",
            ("GET",),
            ("-t", "get"),
            uses_keys=True,
            is_cache=True,
        ),
        Workload(
            "cache_set",
            "SET in a full cache",
            ("SET",),
            CACHE_WRITES,
            uses_keys=True,
            is_cache=True,
        ),
        publish(1),
        publish(1000),
        Workload("zrange", "ZRANGE 100", ("ZRANGE", "ZADD"), ("-t", "zrange"), removed="smallzset"),
        Workload(
            "geosearch",
            "GEOSEARCH of 25",
            ("GEOSEARCH", "GEOADD"),
            ("-t", "geosearch"),
            removed="places",
            is_extra=True,
        ),
    )
}

STRINGS = [name for name, workload in ALL.items() if workload.uses_keys and not workload.is_cache]
# Measured only when they are asked for.
ASKED_FOR = [name for name, one in ALL.items() if one.is_extra or one.is_cache or one.subscribers]
STRUCTURES = [name for name in ALL if name not in STRINGS + ASKED_FOR]


@dataclasses.dataclass(frozen=True)
class Point:
    """One cell of the matrix: a workload at a pipeline depth with values of a size."""

    workload: Workload
    pipeline: int
    size: int

    @property
    def title(self):
        return f"{self.workload.title}, P{self.pipeline}, {self.size} B"

    def record(self, group, keys):
        """What the report says of the point, beside what was measured there."""
        return {
            "threads": group.threads,
            "placement": group.placement.title,
            "workload": self.workload.name,
            "title": self.workload.title,
            "pipeline": self.pipeline,
            "size": self.size,
            "keys": keys,
        }


# What is left of the matrix when nothing is chosen: all that is interesting in a quarter of an hour.
DEFAULT_PIPELINES = [1, 16, 100]
DEFAULT_SIZES = [16, 256, 4096]


def points(names, pipelines, sizes):
    """The points in the order of measurement: by size, since the keys are written anew for each.

    What is None was not chosen. A matrix chosen in part is whole in that part; with nothing chosen, the structures are
    measured at one depth only, and the larger values with GET, SET and the mixture at one depth.
    """
    is_default = names is None and sizes is None
    found = []
    for size in sizes or DEFAULT_SIZES:
        for name in names or STRINGS + STRUCTURES:
            for pipeline in pipelines or DEFAULT_PIPELINES:
                is_side = size != DEFAULT_SIZES[0] or name in STRUCTURES
                if is_default and is_side and pipeline != middle(pipelines or DEFAULT_PIPELINES):
                    continue
                if is_default and size != DEFAULT_SIZES[0] and name not in ("get", "set", "mixed"):
                    continue
                found.append(Point(ALL[name], pipeline, size))
    return found


def middle(values):
    return sorted(values)[len(values) // 2]


def key_count(size, most, dataset_bytes=256 << 20):
    """As many keys as fit into a quarter of a gigabyte of values, so that several servers fit into memory."""
    return max(1000, min(most, dataset_bytes // max(1, size)))
