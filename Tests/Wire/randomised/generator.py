"""Makes batches of random commands: of every family that both servers have."""

from . import bitmaps, generic, geo, hashes, lists, sets, sorted_sets, sorting, streams, strings, transactions
from .words import KEYS, LETTER_CASES, Choices

FAMILIES = {
    "strings": strings.COMMANDS,
    "generic": generic.COMMANDS,
    "transactions": transactions.COMMANDS,
    "hashes": hashes.COMMANDS,
    "lists": lists.COMMANDS,
    "sets": sets.COMMANDS,
    "sorted-sets": sorted_sets.COMMANDS,
    "sorting": sorting.COMMANDS,
    "streams": streams.COMMANDS,
    "geo": geo.COMMANDS,
    "bitmaps": bitmaps.COMMANDS,
}
WAITING = lists.WAITING + sorted_sets.WAITING + streams.WAITING
WAITING_SHARE = 0.003

# Small, so that every encoding and every conversion is met; but more integers than one SADD brings, for since 7.2 their
# announced number decides. The last are Needletail's alone.
THRESHOLDS = {
    b"hash-max-listpack-entries": [b"4", b"8", b"16", b"128"],
    b"hash-max-listpack-value": [b"8", b"20", b"64"],
    b"set-max-intset-entries": [b"32", b"512"],
    b"zset-max-listpack-entries": [b"4", b"8", b"16", b"128"],
    b"zset-max-listpack-value": [b"8", b"20", b"64"],
    b"list-max-listpack-size": [b"1", b"3", b"8", b"-1", b"-2"],
    b"list-compress-depth": [b"0", b"0", b"1", b"2"],
    b"stream-node-max-entries": [b"1", b"3", b"10", b"100", b"0"],
    b"stream-node-max-bytes": [b"60", b"300", b"4096", b"0"],
    b"hll-sparse-max-bytes": [b"0", b"40", b"1000", b"3000"],
    b"set-max-listpack-entries": [b"0", b"4", b"16", b"128"],
    b"set-max-listpack-value": [b"8", b"64"],
}


def _expanded(commands, known):
    return [maker for weight, name, maker in commands if name.encode() in known for _ in range(int(weight * 2))]


class Generator(Choices):
    """Batches of one epoch. `known`: names of commands that both servers have; `families`: which to use."""

    def __init__(self, seed, known, families=None):
        super().__init__(seed)
        self.names = sorted(known - FORBIDDEN)
        self.table = []
        for family, commands in FAMILIES.items():
            if families is None or family in families:
                self.table += _expanded(commands, known)
        self.waiting = _expanded(WAITING, known) if families is None or "waiting" in families else []
        self.can_pop = b"SPOP" in known and (families is None or "sets" in families)
        self.depth = 0

    def thresholds(self):
        return [(name, self.pick(choices)) for name, choices in THRESHOLDS.items()]

    def command(self):
        """One command as a list of words, or several that belong together as a list of commands."""
        maker = self.pick(self.table)
        if maker is transactions.block:
            if self.depth:
                return [b"MULTI"]
            self.depth = 1
            made = maker(self)
            self.depth = 0
            return made
        if self.waiting and self.chance(WAITING_SHARE):
            maker = self.pick(self.waiting)
        made = maker(self)
        if type(made[0]) is list:
            return made
        choice = self.real()
        if choice < 0.015:
            made = self.spoilt(made)
        elif choice < 0.1:
            made[0] = self.pick(LETTER_CASES)(made[0])
        return made

    def spoilt(self, made):
        """The command with a word too few, too many, or another one."""
        if b"STORE" in made or b"nosort" in made or made[0] in UNSPOILT:
            return made
        if b"COUNT" in made and made[0][:3] == b"GEO":
            # Without the distances it may be open which places are nearest.
            return made
        if len(made) > 1 and made[1] in KEYS["lexicographic"]:
            # A score that differs from the others would leave the ranges of this key open.
            return made
        choice = self.real()
        if choice < 0.35 and len(made) > 1:
            return made[:-1]
        if choice < 0.6:
            return [*made, self.pick([b"x", b"1", b"", b"0"])]
        if len(made) > 2:
            made[self.number(2, len(made) - 1)] = self.pick([b"x", b"", b"-1", b"1.5", b"NX", b"q\x00"])
        return made

    def batch(self):
        """Commands for one connection, and how the batch ends: None, "pop" or "expire" (about its last commands)."""
        size = self.pick([1, 3, 20, 100, 400, 400, 1000])
        made, is_open = [], False
        while len(made) < size:
            command = self.command()
            for each in command if type(command[0]) is list else [command]:
                made.append(each)
        for each in made:
            if len(each[0]) <= 7:
                name = each[0].upper()
                if name == b"MULTI":
                    is_open = True
                elif name in (b"EXEC", b"DISCARD"):
                    is_open = False
        if is_open:
            made.append([b"DISCARD"])
        choice = self.real()
        if choice < 0.15 and self.can_pop:
            return [*made, sets.pop(self)], "pop"
        if choice < 0.16:
            # Each once: a millisecond may be over before a key's second turn.
            doomed = dict.fromkeys(self.any_key() for _ in range(3))
            return [*made, *([b"PEXPIRE", key, b"1"] for key in doomed)], "expire"
        return made, None


# What changes how the server runs, waits for ever, or is random in what it leaves behind: never with random arguments.
FORBIDDEN = set(
    b"""
    ACL ASKING AUTH BGREWRITEAOF BGSAVE BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN CLIENT
    CLUSTER COMMAND CONFIG DEBUG DUMP EVAL EVALSHA EVALSHA_RO EVAL_RO EXPIRE EXPIREAT FAILOVER FCALL FCALL_RO
    FLUSHALL FLUSHDB FUNCTION
    GETEX HELLO HRANDFIELD HSCAN INFO KEYS LASTSAVE LATENCY LOLWUT MEMORY MIGRATE MODULE MONITOR MULTI OBJECT
    PEXPIRE PEXPIREAT PFDEBUG PFSELFTEST PSETEX PSUBSCRIBE PSYNC PUNSUBSCRIBE QUIT RANDOMKEY READONLY READWRITE
    REPLCONF REPLICAOF RESET RESTORE RESTORE-ASKING ROLE SAVE SCAN SCRIPT SET SETEX SHUTDOWN SLAVEOF SLOWLOG
    SORT SORT_RO SPOP SRANDMEMBER SSCAN SSUBSCRIBE SUBSCRIBE SUNSUBSCRIBE SWAPDB SYNC TIME UNSUBSCRIBE WAIT
    WAITAOF XADD XAUTOCLAIM XCLAIM XINFO XPENDING XREAD XREADGROUP ZLEXCOUNT ZRANDMEMBER ZRANGE ZRANGEBYLEX
    ZRANGESTORE ZRANK ZREMRANGEBYLEX ZREVRANGEBYLEX ZREVRANK ZSCAN
    """.split()
)
# What one wrong word would make depend on the time or on chance.
UNSPOILT = set(
    b"""
    BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN EXPIRE EXPIREAT GETEX HSCAN PEXPIRE PEXPIREAT
    PSETEX SCAN SET SETEX SPOP SRANDMEMBER SSCAN ZLEXCOUNT ZRANGE ZRANGEBYLEX ZRANGESTORE ZRANK ZREMRANGEBYLEX
    ZREVRANGEBYLEX ZREVRANK ZSCAN
    """.split()
)
