"""Every deed, thing and job has its word, so that nobody reads a code on a page of the trail."""

import re
from collections.abc import Iterator

import pytest

from jobs.registry import TIMETABLE
from service.web import trail
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


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("dispute.agree", "达成协议"),
        ("erasure.agree", "同意"),
        ("backup.drill", "恢复演练"),
        ("dispute.attachment_download", "下载附件"),
        ("thing.unheard", "其他操作（unheard）"),
    ],
)
def test_a_deed_is_told_in_words(action: str, words: str) -> None:
    assert trail.deed(action) == words


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("parties.0.phone", "第 1 位当事人的电话"),
        ("parties.11.id_number", "第 12 位当事人的证件号码"),
        ("place.detail", "详细地点"),
        ("category", "类别"),
        ("unheard", "unheard"),
    ],
)
def test_a_field_is_told_in_words(told: str, words: str) -> None:
    assert trail.field(told) == words
