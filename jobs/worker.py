"""The worker 后台进程: a clock that asks every half minute what is due."""

import signal
from threading import Thread
from typing import Any, Final

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from jobs.registry import OFFICE
from jobs.runner import TICK, make_bench, run_due
from service.clock import utc_now
from service.gateways import presence

ENDING: Final = (signal.SIGTERM, signal.SIGINT)


def work(app: Flask) -> None:
    """Tick at once and then every 30 seconds; SIGTERM and SIGINT end it after the running tick."""
    bench = make_bench(
        app, utc_now()
    )  # settings nobody can mail by end the worker here, not every tick
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
        for each in ENDING:
            signal.signal(each, signal.SIG_IGN)  # the first one is enough
        # not in the handler itself: it interrupts the very wait whose lock the shutdown needs
        Thread(target=clock.shutdown).start()

    for each in ENDING:
        signal.signal(each, stop)
    with presence.serving(bench.vault.data_dir):
        clock.start()
