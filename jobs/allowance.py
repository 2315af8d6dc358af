"""Forget counters of what is limited, once nobody will ask for them."""

from jobs.bench import Bench
from service.operations import allowance as operations


def forget(bench: Bench) -> str:
    """Delete the counters of past stretches of time."""
    return f"已清理 {operations.forget_expired(bench.clock())} 个过期的限次计数"
