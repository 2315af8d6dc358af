"""What is said of backups 备份: when the last one was, whether the drill passed, what is red."""

from dataclasses import dataclass
from datetime import datetime

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
