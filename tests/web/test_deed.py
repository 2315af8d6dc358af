"""Every deed the trail can hold has a word of the office; no code is shown to people."""

import ast
import re
from collections.abc import Iterator

import pytest

from config.access import load
from jobs.registry import TIMETABLE
from service.web.deed import JOBS, THINGS, did, field
from tests.architecture.source import ROOT

WRITERS = {
    "service/operations": {
        "record",
        "_record",
        "note",
        "saw",
        "_note",
        "_noted",
        "noted",
        "_decide",
    },
    "service/web": {"noted"},
}
UNKNOWN = "其他操作"
THING = re.compile(
    r'(?:subject|SUBJECT(?:: Final)?) ?= ?"([a-z_]+)"|@noted\("[a-z_-]+", "([a-z_]+)"'
)


def written() -> Iterator[str]:
    """The names of deeds that stand as words in calls that write them down."""
    for folder, writers in WRITERS.items():
        for path in (ROOT / folder).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text())):
                if isinstance(call, ast.Call) and _name(call.func) in writers:
                    named = [each.value for each in call.keywords if each.arg == "action"]
                    for each in [*call.args, *named]:
                        yield from _words(each)


def _words(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    if isinstance(value, ast.IfExp):
        yield from (*_words(value.body), *_words(value.orelse))


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_every_deed_that_is_written_has_a_word() -> None:
    found = set(written())
    assert {"sign-in", "begin-second-factor", "provisions", "end-sessions", "propose"} <= found
    assert [each for each in sorted(found) if each not in THINGS and UNKNOWN in did(each)] == []


def test_every_action_one_may_be_refused_has_a_word() -> None:
    assert [name for name in sorted(load().actions) if UNKNOWN in did(name)] == []


def test_every_thing_has_a_word() -> None:
    found = {
        next(filter(None, each.groups()))
        for folder in WRITERS
        for path in (ROOT / folder).rglob("*.py")
        for each in THING.finditer(path.read_text())
    }
    assert {"erasure", "data_request"} <= found
    assert found - set(THINGS) == set()


def test_every_job_has_a_word() -> None:
    assert sorted({job.name for job in TIMETABLE} - set(JOBS)) == []


@pytest.mark.parametrize(
    ("path", "role", "told"),
    [
        ("parties.0.phone", "applicant", "申请人第 1 位的电话"),
        ("parties.2.id_number", None, "当事人第 3 位的证件号码"),
        ("place.detail", None, "详细地点"),
        ("reason", None, "理由"),
    ],
)
def test_a_field_is_told_by_its_name(path: str, role: str | None, told: str) -> None:
    assert field(path, role) == told


def test_the_same_verb_says_of_a_list_what_it_does_not_of_a_dispute() -> None:
    assert (did("erasure.agree"), did("dispute.agree")) == ("同意销毁", "达成协议")
