"""Times of repeated work: percentiles, processor time of both sides, memory."""

import os
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from service.cli.bench.scratch import Scratch

WARM_UPS: Final = 3
MOST_S: Final = 20.0
MIB: Final = 1024  # getrusage tells KiB
MS: Final = 1000.0
BACKENDS: Final = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"


@dataclass(frozen=True, slots=True)
class Times:
    """How long each run took, and the processor time of one run on both sides, in seconds."""

    runs: Sequence[float]
    cpu: float

    def percentile(self, share: float) -> float:
        """The time that `share` of the runs did not exceed, in milliseconds."""
        ordered = sorted(self.runs)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * MS


def timed(work: Callable[[int], object], times: int, scratch: Scratch) -> Times:
    """Do `work(n)` a number of times, less when that takes too long, after a few to warm up."""
    warm = min(WARM_UPS, times)
    for place in range(warm):
        work(place)
    runs: list[float] = []
    cpu = _processor(scratch)
    begun = time.perf_counter()
    for place in range(warm, warm + times):
        start = time.perf_counter()
        work(place)
        runs.append(time.perf_counter() - start)
        if time.perf_counter() - begun > MOST_S:
            break
    return Times(runs, (_processor(scratch) - cpu) / len(runs))


def told(name: str, product: Times, bare: Times | None) -> dict[str, Any]:
    """One line of the answer; without a bare counterpart its numbers are null."""
    p50 = product.percentile(0.5)
    bare_p50 = bare.percentile(0.5) if bare else None
    return {
        "name": name,
        "runs": len(product.runs),
        "per_second": round(len(product.runs) / sum(product.runs), 1),
        "p50_ms": round(p50, 3),
        "p99_ms": round(product.percentile(0.99), 3),
        "cpu_ms": round(product.cpu * MS, 3),
        "bare_sql_p50_ms": round(bare_p50, 3) if bare_p50 is not None else None,
        "ratio": round(p50 / bare_p50, 2) if bare_p50 else None,
    }


def peak_mib() -> float:
    """The most memory this process ever held."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB, 1)


def machine() -> str:
    """What it ran on, in one line."""
    system = os.uname()
    return f"{system.sysname} {system.machine}, {os.cpu_count()} 核"


def _processor(scratch: Scratch) -> float:
    """Seconds of processor of this process, and of a PostgreSQL on the same machine."""
    own = time.process_time()
    if scratch.kind == "sqlite":
        return own
    ticks = os.sysconf("SC_CLK_TCK")
    return own + sum(_ticks(pid) / ticks for (pid,) in scratch.rows(BACKENDS))


def _ticks(pid: int) -> int:
    """What a process used, as Linux tells it; 0 of one elsewhere."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return 0
    name, _, rest = text.partition(") ")
    fields = rest.split()
    return int(fields[11]) + int(fields[12]) if "postgres" in name else 0
