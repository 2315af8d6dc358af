"""Complete the word index 检索, and take out of its file what was deleted from it."""

from typing import Final

from jobs.bench import Bench
from service.operations import dispute_text as operations
from service.operations import text_duty

DISPUTES: Final = 5_000  # a few seconds' work: other jobs wait for it
STEPS: Final = 40


def fill(bench: Bench) -> str:
    """Index disputes that are older than the index, newest first."""
    return f"已为 {operations.fill_missing(bench.desk, DISPUTES)} 件纠纷补上检索词"


def purge(_: Bench) -> str:
    """Merge what of the index is deleted, and empty the log it went through."""
    return f"已清理检索词 {text_duty.purge(STEPS)} 步"
