"""What came of the demo's yearly plan 年度计划: `demo_plan.toml` and its text, read into values."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from config.plan import EvidenceKind

DEFAULT: Final = Path(__file__).with_name("demo_plan.toml")
TEXT: Final = Path(__file__).with_name("demo_plan.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMilestone:
    """A milestone at a `part` of the year gone by, or so many `days` ahead; `done`: when."""

    name: str
    part: float | None = None
    days: int | None = None
    done: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoNote:
    """A note of progress."""

    part: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProof:
    """A file of a kind; one that is public was published at once, `where`."""

    part: float
    kind: EvidenceKind
    about: str
    public: bool = False
    where: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoWait:
    """A document of superiors that is expected in so many `days`."""

    part: float
    title: str
    issuer: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoTask:
    """What came of one task; `finish`: when it was done."""

    number: str
    milestones: tuple[DemoMilestone, ...] = field(default=())
    notes: tuple[DemoNote, ...] = field(default=())
    proofs: tuple[DemoProof, ...] = field(default=())
    waits: tuple[DemoWait, ...] = field(default=())
    finish: float | None = None


def load() -> tuple[DemoTask, ...]:
    """Read what came of the tasks; one that is there twice is a ValueError."""
    tasks = tuple(_task(row) for row in tomllib.loads(DEFAULT.read_text("utf-8"))["task"])
    if len({each.number for each in tasks}) != len(tasks):
        raise ValueError("演示计划的任务每项写一次")
    return tasks


def text(year: int) -> str:
    """The plan's text for a year."""
    return TEXT.read_text(encoding="utf-8").replace("{year}", str(year))


def _task(row: Mapping[str, Any]) -> DemoTask:
    return DemoTask(
        number=row["number"],
        milestones=tuple(DemoMilestone(**each) for each in row.get("milestones", ())),
        notes=tuple(DemoNote(**each) for each in row.get("notes", ())),
        proofs=tuple(
            DemoProof(**each | {"kind": EvidenceKind(each["kind"])})
            for each in row.get("proofs", ())
        ),
        waits=tuple(DemoWait(**each) for each in row.get("waits", ())),
        finish=row.get("finish"),
    )
