"""The table of what is kept how long says what the jobs do, and misses nothing."""

from datetime import timedelta
from pathlib import Path

import pytest

from config import policy, retention
from config.retention import By, Unit
from config.vocabulary import Grade, Kept
from service.gateways import upload
from service.operations import notice

TABLE = retention.load()


def test_the_jobs_forget_when_the_table_says() -> None:
    made = policy.load()
    assert {
        keep.kept: timedelta(**{keep.unit.value: keep.length})
        for keep in TABLE.all.values()
        if keep.by is By.JOB
    } == {
        Kept.DRAFT: made.draft_kept,
        Kept.ANSWER: made.idempotency_kept,
        Kept.UPLOAD: upload.KEPT_FOR,
        Kept.NOTICE_READ: notice.KEPT,
        Kept.NOTICE_UNREAD: notice.KEPT_UNREAD,
        Kept.SESSION: timedelta(days=180),  # the job reads it from the table itself
    }


def test_the_trail_is_never_deleted_and_stays_at_least_as_long_as_the_law_says() -> None:
    audit = TABLE.all[Kept.AUDIT]
    assert (audit.by, audit.length, audit.unit, audit.grade) == (
        By.NOBODY,
        3,
        Unit.YEARS,
        Grade.B,
    )


def test_what_is_not_known_for_sure_says_so() -> None:
    assert {keep.grade for keep in TABLE.by_people} == {Grade.R}
    assert all(keep.basis for keep in TABLE.all.values())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kept = "draft"', 'kept = "upload"'),
        ("length = 30", "length = 0"),
        ('by = "people"', 'by = "job"'),
        ('grade = "R"', 'grade = "Q"'),
    ],
)
def test_a_table_that_misses_something_stops_the_start(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "retention.toml"
    text = retention.DEFAULT.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"."):
        retention.load(path)
