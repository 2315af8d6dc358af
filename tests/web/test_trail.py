"""Every deed, thing and job has its word, so that nobody reads a code on a page of the trail."""

import re
from collections.abc import Iterator

from jobs.registry import TIMETABLE
from service.web.trail import JOBS, THINGS, VERBS
from tests.architecture.source import ROOT, product_files

DEED = re.compile(
    r'action="([a-z_-]+)"|_(?:note|record)\(\s*session,\s*[\w.]+,\s*"([a-z_-]+)"'
    r'|@noted\("([a-z_-]+)"|audit\.(?:note|saw)\(\s*(?:session,\s*)?"[a-z_]+\.([a-z_-]+)"'
)
THING = re.compile(
    r'(?:subject|SUBJECT(?:: Final)?) ?= ?"([a-z_]+)"|@noted\("[a-z_-]+", "([a-z_]+)"'
)


def written(kind: re.Pattern[str]) -> Iterator[str]:
    """The codes of a kind that the service writes into the trail."""
    for path in product_files():
        if path.parts[:2] in {("service", "operations"), ("service", "web")}:
            for found in kind.finditer((ROOT / path).read_text()):
                yield next(filter(None, found.groups()))


def test_every_deed_has_its_word() -> None:
    assert {"restore", "export", "sign-out"} <= set(written(DEED))
    assert set(written(DEED)) - set(VERBS) == set()


def test_every_thing_has_its_word() -> None:
    assert set(written(THING)) - set(THINGS) == set()


def test_every_job_has_its_word() -> None:
    assert {job.name for job in TIMETABLE} - set(JOBS) == set()
