"""The worker 后台进程: a clock that asks every half minute what is due."""

import signal
from threading import Thread
from typing import Any

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from jobs.registry import OFFICE
from jobs.runner import TICK, run_due
from service.clock import utc_now


def work(app: Flask) -> None:
    """Tick at once and then every 30 seconds; SIGTERM and SIGINT end it after the running tick."""
    clock = BlockingScheduler(timezone=OFFICE)
    clock.add_job(
        lambda: run_due(app, utc_now()),
        IntervalTrigger(seconds=int(TICK.total_seconds()), timezone=OFFICE),
        next_run_time=utc_now(),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )

    def stop(*_: Any) -> None:
        # not in the handler itself: it interrupts the very wait whose lock the shutdown needs
        Thread(target=clock.shutdown).start()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
    clock.start()
