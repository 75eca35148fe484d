"""The measurement proper: all servers of a trace side by side, each with a replay of its own."""

import contextlib
import json
import statistics
import subprocess

from comparison import figures
from comparison.clients import call
from comparison.servers import ComparisonError, ReplyError, Server, cores, needletail_line, redis_line

# A replay that takes this much longer than its pace, and this many times as long, is given up.
PATIENCE_SECONDS, PATIENCE = 120, 10
# Of keys under volatile policies: none is over before the replay is.
LIFETIME_SECONDS = 86_400


class Contestant:
    """One policy of one server."""

    def __init__(self, kind, policy, options):
        self.kind, self.policy = kind, policy
        self.name = f"{kind} {policy}"
        if kind == "redis":
            self.line = redis_line(options.redis)
        else:
            self.line = needletail_line(options.needletail, options.threads)

    def start(self, budget):
        """A fresh server that may use `budget` bytes beyond what it uses now; None: without a limit."""
        server = Server(self.name, self.line, cores())
        try:
            server.empty_memory = used_memory(server)
            settings = {"maxmemory-policy": self.policy}
            if budget is not None:
                settings["maxmemory"] = server.empty_memory + budget
            for directive, value in settings.items():
                reply = server.call("CONFIG", "SET", directive, value)
                if isinstance(reply, ReplyError):
                    raise Refusal(f"{directive} {value}: {reply}")
        except BaseException:
            server.stop()
            raise
        return server


class Refusal(Exception):
    """A server lacks the policy."""


def contestants(options):
    found = [Contestant("redis", policy, options) for policy in options.redis_policies]
    return found + [Contestant("needletail", policy, options) for policy in options.policies]


def used_memory(server):
    text = server.call("INFO", "memory")
    fields = dict(line.split(":", 1) for line in str(text).splitlines() if ":" in line)
    try:
        return int(fields["used_memory"])
    except (KeyError, ValueError):
        raise ComparisonError(f"{server.name} does not say its used_memory") from None


def replay_line(options, trace, seed, server, rate=None):
    line = [options.bench, "replay", *trace.arguments(options.requests, options.scale, seed), "--json"]
    line += ["--window", str(options.window), "--timeout", "60"]
    if server is not None:
        line += ["--port", str(server.port)]
        if "volatile-" in server.name:
            line += ["--ttl", str(LIFETIME_SECONDS)]
    if rate is not None:
        line += ["--rate", f"{rate:.0f}"]
    return line


def read_figures(name, returncode, printed, errors):
    # Exit code 3: all done, but some replies were errors.
    if returncode not in (0, 3):
        raise ComparisonError(f"needletail-bench replay, {name}: {errors.strip() or returncode}")
    try:
        return json.loads(printed)
    except ValueError as problem:
        raise ComparisonError("needletail-bench replay printed no figures") from problem


def footprint(options, trace, seed):
    """The trace against a redis-server without a limit: what hits there are at most, and what all keys take."""
    return unlimited(Contestant("redis", "noeviction", options), options, trace, seed)


def density(options, trace, seed):
    """Bytes that an entry of the trace takes in Needletail."""
    found = unlimited(Contestant("needletail", "noeviction", options), options, trace, seed)
    return found["bytes"] / found["keys_after"]


def unlimited(one, options, trace, seed):
    with contextlib.ExitStack() as stack:
        server = one.start(None)
        stack.callback(server.stop)
        done = call(replay_line(options, trace, seed, server), PATIENCE_SECONDS * PATIENCE)
        found = read_figures(server.name, done.returncode, done.stdout, done.stderr)
        if found["errors"]:
            raise ComparisonError(f"{server.name} answered with errors: {found.get('first_error')}")
        return found | {"bytes": found["used_memory_after"] - server.empty_memory}


def bounds(options, trace, seed, capacity, overhead=None):
    """Exact LRU and the optimum with a capacity in keys, or in bytes with so many for an entry beside key and value."""
    line = replay_line(options, trace, seed, None) + ["--offline", "--capacity", f"{max(1, capacity):.0f}"]
    if overhead is not None:
        line += ["--entry-overhead", f"{max(0, overhead):.0f}"]
    done = call(line, PATIENCE_SECONDS)
    found = read_figures("offline", done.returncode, done.stdout, done.stderr)
    return found | found["bounds"][0]


def run_round(options, trace, everybody, budgets, seed, skipped, progress):
    """Starts all servers, replays against all at once; their figures by name."""
    with contextlib.ExitStack() as stack:
        running = {}
        for one in everybody:
            try:
                server = one.start(budgets[one.kind])
            except Refusal as problem:
                note(skipped, one.name, str(problem))
                continue
            stack.callback(server.stop)
            line = replay_line(options, trace, seed, server, options.rate)
            process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            stack.callback(end, process)
            running[one.name] = (one, server, process)
        return {name: collect(*parts, budgets, progress, trace) for name, parts in running.items()}


def collect(one, server, process, budgets, progress, trace):
    progress.show(f"{trace.title}: waiting for {one.name}")
    try:
        printed, errors = process.communicate(timeout=PATIENCE_SECONDS * PATIENCE)
    except subprocess.TimeoutExpired:
        raise ComparisonError(f"a replay against {one.name} hung") from None
    server.check_alive()
    found = read_figures(one.name, process.returncode, printed, errors)
    found["budget"] = budgets[one.kind]
    # How far used memory went over the limit, if it did.
    found["over"] = max(0, found.get("used_memory_most", 0) - server.empty_memory - budgets[one.kind])
    found["entry_bytes"] = (found["used_memory_after"] - server.empty_memory) / max(1, found["keys_after"])
    found["version"] = server.version()
    return found


def end(process):
    if process.poll() is None:
        process.kill()
    process.communicate()


def note(skipped, server, reason):
    entry = {"server": server, "reason": reason}
    if entry not in skipped:
        skipped.append(entry)


def measure_trace(options, trace, skipped, progress):
    """The report's record of a trace."""
    everybody = contestants(options)
    rounds = []
    for seed in range(1, options.rounds + 1):
        progress.show(f"{trace.title}: all keys in redis-server")
        whole = footprint(options, trace, seed)
        budget = int(whole["bytes"] * (options.share or trace.share) / 100)
        budgets = {"redis": budget, "needletail": budget}
        if options.equal_keys:
            budgets["needletail"] = int(budget * density(options, trace, seed) / (whole["bytes"] / whole["keys_after"]))
        found = run_round(options, trace, everybody, budgets, seed, skipped, progress)
        rounds.append((seed, whole, budget, found))
    progress.show(f"{trace.title}: bounds")
    return record(options, trace, rounds)


def record(options, trace, rounds):
    seed, whole, budget, _ = rounds[0]
    result = {
        "name": trace.name,
        "title": trace.title,
        "requests": whole["requests"],
        "keys": whole["keys_after"],
        "footprint_bytes": whole["bytes"],
        "share": options.share or trace.share,
        "budget_bytes": budget,
        "unlimited": whole["hit_ratio"],
        "servers": {},
        "bounds": {},
    }
    names = [name for name in rounds[0][3] if all(name in found for _, _, _, found in rounds)]
    for name in names:
        result["servers"][name] = summary([found[name] for _, _, _, found in rounds])
    for kind in ("redis", "needletail"):
        held = [entry for name, entry in result["servers"].items() if name.startswith(kind)]
        if held:
            result["bounds"][kind] = bounds_of(options, trace, seed, held, budget)
    return result


def bounds_of(options, trace, seed, held, budget):
    """The bounds for the entries that a server holds, whatever its policy."""
    keys = statistics.median(entry["keys_held"] for entry in held)
    found = bounds(options, trace, seed, keys)
    unit = "keys"
    if not found["is_of_one_size"]:
        # The bytes of an entry beside its key and value, as all entries of the trace have them on the average.
        own = (found["key_bytes"] + found["value_bytes"]) / found["keys"]
        found = bounds(options, trace, seed, budget, statistics.median(entry["entry_bytes"] for entry in held) - own)
        unit = "bytes"
    return {"unit": unit, "keys": keys, "exact_lru": found["exact_lru"], "optimum": found["optimum"]}


def summary(found):
    """One server's figures over the rounds."""

    def median(name):
        return figures.rounded(statistics.median(one[name] for one in found), 6)

    seconds, stored = median("seconds"), median("stored")
    return {
        "hit_ratio": median("hit_ratio"),
        "rounds": [one["hit_ratio"] for one in found],
        "byte_hit_ratio": median("byte_hit_ratio"),
        "keys_held": median("keys_held"),
        "entry_bytes": median("entry_bytes"),
        "evicted": median("evicted") if all("evicted" in one for one in found) else None,
        "errors": max(one["errors"] for one in found),
        "first_error": next((one["first_error"] for one in found if "first_error" in one), None),
        "over_bytes": max(one["over"] for one in found),
        "seconds": seconds,
        "turnover_seconds": figures.rounded(median("keys_held") / stored * seconds, 3) if stored else None,
        "version": found[0]["version"],
    }
