"""Make the night's backup 备份, and prove one every week by restoring it 恢复演练."""

from datetime import datetime

from config.vocabulary import BackupKind
from jobs.bench import Bench
from service.operations import backup as operations
from service.operations.backup import Made


def daily(due_at: datetime, bench: Bench) -> str | None:
    """The backup of the night, and those somebody asked for."""
    asked = operations.make_asked(vault=bench.vault, desk=bench.desk, clock=bench.clock)
    made = operations.make_due(
        BackupKind.DAILY, due_at, vault=bench.vault, desk=bench.desk, clock=bench.clock
    )
    return _said([each for each in (asked, made) if each])


def drill(due_at: datetime, bench: Bench) -> str | None:
    """A backup that is restored to a scratch place and compared."""
    made = operations.make_due(
        BackupKind.DRILL, due_at, vault=bench.vault, desk=bench.desk, clock=bench.clock
    )
    return _said([made] if made else [])


def _said(made: list[Made]) -> str | None:
    told = [
        f"{each.written.path.name} 已备份 {each.written.row_count} 行"
        + ("，恢复演练通过" if each.proven else "")
        for each in made
    ]
    return "；".join(told) or None
