"""Forget drafts nobody came back for."""

from jobs.bench import Bench
from service.operations import draft as operations


def forget(bench: Bench) -> str:
    """Delete the drafts older than the policy keeps them."""
    return f"已清理 {operations.forget_expired(desk=bench.desk, now=bench.clock())} 份过期草稿"
