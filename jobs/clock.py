"""Warn of terms 预警: look at the clocks whose next step has come."""

from jobs.bench import Bench
from service.operations import ladder as operations


def tell(bench: Bench) -> str:
    """Tell what is due, step by step."""
    return f"已提醒 {operations.tell_due(desk=bench.desk, now=bench.clock())} 个期限"
