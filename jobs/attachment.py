"""Keep the store of attachments and the database alike 附件."""

from datetime import datetime

from jobs.bench import Bench
from service.gateways.attachment import Store
from service.operations import attachment as operations


class FilesMissing(Exception):
    """Attachments have no file: restore it from a backup, or withdraw them with the reason."""


def day(due_at: datetime) -> str:
    """The day of the sweep; `due_at` in the office's zone."""
    return due_at.date().isoformat()


def sweep(_: str, bench: Bench, now: datetime) -> str:
    """Delete files that belong to nothing; raises FilesMissing, again and again until mended."""
    swept = operations.sweep(Store(bench.attachments), now)
    if swept.missing:
        raise FilesMissing(f"{len(swept.missing)} 个附件没有文件，清理了 {swept.removed} 个")
    return f"已清理 {swept.removed} 个没有登记的文件，附件都在"
