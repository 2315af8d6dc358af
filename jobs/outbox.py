"""Deliver what was promised 发件箱."""

from jobs.bench import Bench
from service.operations import outbox as operations


def deliver(bench: Bench) -> str:
    """Send the messages that are due."""
    done = operations.deliver_due(bench.mail, desk=bench.desk, clock=bench.clock)
    return f"已发送 {done.sent} 封，未成 {done.failed} 封"
