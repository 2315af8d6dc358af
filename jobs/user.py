"""Forget sessions that ended long ago."""

from jobs.bench import Bench
from service.operations import user as operations


def forget_sessions(bench: Bench) -> str:
    """Delete the sessions older than the policy keeps them."""
    return f"已清理 {operations.forget_sessions(desk=bench.desk, now=bench.clock())} 个过期登录会话"
