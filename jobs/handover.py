"""Handovers 移交: what a unit did not answer in its office hours goes back by itself."""

from jobs.bench import Bench
from service.operations import handover as operations


def bounce(bench: Bench) -> str:
    """Remind an hour before, and bounce what is due; each once."""
    return f"退回 {operations.look_at_due(desk=bench.desk, now=bench.clock())} 次没有签收的移交"
