"""Find clocks that were started with the calendar of before while a year was being signed."""

from datetime import datetime
from uuid import UUID

from jobs.bench import Bench
from service.operations import calendar as operations
from service.operations import job_run
from service.operations.job_run import Busy
from service.queries import calendar as queries


def settle(bench: Bench) -> str:
    """Look at every signed year once soon after it was signed, and once an hour later."""
    now = bench.clock()
    moved = sum(_look(draft_id, period, bench, now) for draft_id, period in queries.unsettled(now))
    return f"工作日历公布后补算期限 {moved} 个" if moved else ""


def _look(draft_id: UUID, period: str, bench: Bench, now: datetime) -> int:
    counted: list[int] = []

    def effect() -> str:
        found = operations.settle(draft_id, desk=bench.desk, now=now)
        counted.append(found.clocks + found.requests)
        return f"补算 {counted[-1]} 个期限"

    try:
        job_run.once(queries.SETTLING, period, effect, due_at=now, now=now)
    except Busy:  # another worker is at it
        return 0
    return sum(counted)
