"""What is said of backups 备份: when the last one was, whether the drill passed, what is red."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from config.policy import BackupPolicy


@dataclass(frozen=True, slots=True)
class BackupNews:
    """When the newest backup was made, and how the last drill 恢复演练 ended."""

    made_at: datetime | None
    drilled_at: datetime | None
    drill_passed: bool


@dataclass(frozen=True, slots=True)
class BackupVerdict:
    """The same with what is wrong of it at one moment, so that a frozen letter stays true."""

    news: BackupNews
    made_late: bool
    drill_late: bool

    @property
    def is_red(self) -> bool:
        """Whether somebody has to do something."""
        failed = self.news.drilled_at is not None and not self.news.drill_passed
        return self.made_late or self.drill_late or failed


def judge(news: BackupNews, policy: BackupPolicy, now: datetime) -> BackupVerdict:
    """Too old is what is older than the policy lets it be; what never was is too old."""
    return BackupVerdict(
        news,
        made_late=news.made_at is None or now - news.made_at > policy.stale,
        drill_late=news.drilled_at is None or now - news.drilled_at > policy.drill_stale,
    )


def sentence(verdict: BackupVerdict, zone: tzinfo) -> str:
    """One line for a letter or a page: `最近一次 11月23日 02:00；恢复演练 11月22日 03:00 通过`."""
    news = verdict.news
    made = "还没有备份过" if news.made_at is None else f"最近一次 {_at(news.made_at, zone)}"
    if news.made_at is not None and verdict.made_late:
        made += "，已经过时"
    return f"{made}；{_drill(verdict, zone)}"


def _drill(verdict: BackupVerdict, zone: tzinfo) -> str:
    news = verdict.news
    if news.drilled_at is None:
        return "还没有做过恢复演练"
    late = "，已经过时" if verdict.drill_late else ""
    return (
        f"恢复演练 {_at(news.drilled_at, zone)} {'通过' if news.drill_passed else '没有通过'}{late}"
    )


def _at(instant: datetime, zone: tzinfo) -> str:
    at = instant.astimezone(zone)
    return f"{at.month}月{at.day}日 {at:%H:%M}"


def as_body(verdict: BackupVerdict) -> dict[str, Any]:
    """The verdict as plain JSON, to be frozen with a letter."""
    news = verdict.news
    return {
        "made_at": news.made_at.isoformat() if news.made_at else None,
        "drilled_at": news.drilled_at.isoformat() if news.drilled_at else None,
        "drill_passed": news.drill_passed,
        "made_late": verdict.made_late,
        "drill_late": verdict.drill_late,
    }


def from_body(body: Mapping[str, Any]) -> BackupVerdict:
    """The verdict of a frozen letter."""
    made_at, drilled_at = (
        datetime.fromisoformat(body[name]) if body[name] else None
        for name in ("made_at", "drilled_at")
    )
    news = BackupNews(made_at, drilled_at, body["drill_passed"])
    return BackupVerdict(news, made_late=body["made_late"], drill_late=body["drill_late"])
