"""`python -m jobs` is the worker; `python -m jobs NAME` runs one job now."""

import gc

gc.set_threshold(100_000, 20, 20)  # looking for garbage was a quarter of every start

import sys

from jobs.registry import TIMETABLE
from jobs.runner import run_job
from jobs.worker import work
from service.app import create_app
from service.clock import utc_now


def main(arguments: list[str]) -> int:
    """Exit 0 done, 1 a job failed, 2 wrong usage."""
    names = [job.name for job in TIMETABLE]
    if not arguments:
        work(create_app())
        return 0
    if len(arguments) != 1 or arguments[0] not in names:
        sys.stderr.write(f"usage: python -m jobs [{' | '.join(names)}]\n")
        return 2
    ran = run_job(arguments[0], create_app(), utc_now())
    for each in ran:
        sys.stdout.write(f"{each.job} {each.period} {each.error or each.summary}\n")
    return 1 if any(each.error for each in ran) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
