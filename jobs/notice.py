"""Forget notices 消息 nobody comes back for."""

from jobs.bench import Bench
from service.operations import notice as operations


def forget(bench: Bench) -> str:
    """Delete what is too old to be looked for."""
    return f"已清理 {operations.forget_old(bench.clock())} 条旧消息"
