"""What is said of backups: nothing when all is well but when, and plainly what is not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from config.policy import BackupPolicy
from service.rules.backup import BackupNews, as_body, from_body, judge, sentence

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # Monday 8:00 at the office
NIGHT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("news", "red", "told"),
    [
        (
            BackupNews(NIGHT, SUNDAY, drill_passed=True),
            False,
            "最近一次 11月23日 02:00；恢复演练 11月22日 03:00 通过",
        ),
        (
            BackupNews(NIGHT, SUNDAY, drill_passed=False),
            True,
            "最近一次 11月23日 02:00；恢复演练 11月22日 03:00 没有通过",
        ),
        (
            BackupNews(NIGHT - DAY, SUNDAY, drill_passed=True),
            True,
            "最近一次 11月22日 02:00，已经过时；恢复演练 11月22日 03:00 通过",
        ),
        (
            BackupNews(NIGHT, SUNDAY - 7 * DAY, drill_passed=True),
            True,
            "最近一次 11月23日 02:00；恢复演练 11月15日 03:00 通过，已经过时",
        ),
        (BackupNews(None, None, drill_passed=False), True, "还没有备份过；还没有做过恢复演练"),
    ],
)
def test_a_backup_and_a_drill_are_told_in_one_line(news: BackupNews, red: bool, told: str) -> None:
    verdict = judge(news, BackupPolicy(), NOW)
    assert (verdict.is_red, sentence(verdict, ZONE)) == (red, told)
    assert from_body(as_body(verdict)) == verdict


def test_a_backup_turns_red_after_26_hours_and_not_before() -> None:
    def red(age: timedelta) -> bool:
        news = BackupNews(NOW - age, SUNDAY, drill_passed=True)
        return judge(news, BackupPolicy(), NOW).is_red

    assert (red(26 * HOUR), red(26 * HOUR + timedelta(seconds=1))) == (False, True)
