"""Forget uploaded files nobody came back for."""

from jobs.bench import Bench
from service.gateways import upload


def forget(bench: Bench) -> str:
    """Delete the uploads that were tried and not imported within the hour."""
    return f"已清理 {upload.sweep(bench.uploads, bench.clock())} 个未导入的文件"
