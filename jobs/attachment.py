"""Keep the store of attachments and the database alike 附件."""

from jobs.bench import Bench
from service.gateways.attachment import Store
from service.operations import attachment as operations


class FilesMissing(Exception):
    """Attachments have no file: restore it from a backup, or withdraw them with the reason."""


def sweep(bench: Bench) -> str:
    """Delete files that belong to nothing; raises FilesMissing at every tick until it is mended."""
    swept = operations.sweep(Store(bench.vault.attachments), bench.clock())
    if swept.missing:
        raise FilesMissing(f"{len(swept.missing)} 个附件没有文件，清理了 {swept.removed} 个")
    return f"已清理 {swept.removed} 个没有登记的文件，附件都在"
