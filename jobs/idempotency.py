"""Forget answers whose time is over."""

from jobs.bench import Bench
from service.operations import idempotency as operations


def forget(bench: Bench) -> str:
    """Delete the kept answers of expired Idempotency-Keys."""
    return f"已清理 {operations.forget_expired(bench.clock())} 条过期应答"
