"""Resident memory per key, each server by itself and freshly started, with every key written exactly once."""

import time

from . import figures
from .servers import Placement, Server, cores


def measure(options, load, progress):
    """One record a size."""
    available = cores()
    lines = list(options.peers) + [(f"needletail {n}", options.needletail_line(n)) for n in options.threads]
    load.processors = available[-options.client_threads :]
    records = []
    for size in options.sizes or [16, 256, 4096]:
        keys = max(1000, min(options.memory_keys, options.memory_bytes // size))
        record = {"size": size, "keys": keys, "servers": {}, "whole": {}, "empty_bytes": {}}
        for name, line in lines:
            progress.show(f"{name}: writing {keys} keys of {size} bytes")
            server = Server(name, line, Placement(len(available), available).server)
            try:
                load.fill(server, keys, size)
                time.sleep(1)
                resident = server.resident_bytes()
                record["servers"][name] = figures.rounded((resident - server.empty_bytes) / keys)
                record["whole"][name] = figures.rounded(resident / keys)
                record["empty_bytes"][name] = server.empty_bytes
            finally:
                server.stop()
        records.append(record)
    return records
