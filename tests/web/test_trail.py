"""The trail in words of the office: every deed, job and field has one."""

import pytest

from jobs.registry import TIMETABLE
from service.web import trail


def test_every_job_of_the_timetable_has_a_name() -> None:
    assert {job.name for job in TIMETABLE} - trail.JOBS.keys() == set()


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
