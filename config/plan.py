"""The yearly plan 年度计划: its words, and what `plan.toml` says of links and thresholds."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

DEFAULT: Final = Path(__file__).with_name("plan.toml")


class PlanTaskState(StrEnum):
    """Where a task is. How well it stands is its light, which nobody types."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class PlanTaskStep(StrEnum):
    """What moves a task from one state to another."""

    FINISH = "finish"
    REOPEN = "reopen"
    DROP = "drop"
    RESUME = "resume"


class PlanNeed(StrEnum):
    """What a task wants of those who work on it, the most pressing first."""

    MILESTONE_LATE = "milestone_late"
    LATE = "late"
    FINISHABLE = "finishable"
    MILESTONE_SOON = "milestone_soon"
    SOON = "soon"
    DOCUMENT = "document"
    SILENT = "silent"
    NOTHING = "nothing"
    OVER = "over"


class PlanLight(StrEnum):
    """The light 亮灯 of a task, computed from what is known of it."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    WAITING = "waiting"
    DONE = "done"


class EvidenceKind(StrEnum):
    """What a file shows 佐证类型."""

    PAPER = "paper"
    MINUTES = "minutes"
    PHOTO = "photo"
    RECORD = "record"
    PUBLICATION = "publication"
    RECEIPT = "receipt"
    FIGURES = "figures"
    OTHER = "other"


class Comparison(StrEnum):
    """How a figure is held against its target."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class PlanLineKind(StrEnum):
    """What a line of an imported document was read as."""

    TITLE = "title"
    PREAMBLE = "preamble"
    CHAPTER = "chapter"
    SECTION = "section"
    TASK = "task"
    TEXT = "text"
    UNITS = "units"
    CLOSING = "closing"
    BLANK = "blank"
    UNCLEAR = "unclear"


class PlanReportKind(StrEnum):
    """What is kept of a plan as it stood at the end of a period."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


WORDS: Final[Mapping[type[StrEnum], Mapping[StrEnum, str]]] = MappingProxyType(
    {
        PlanTaskState: {
            PlanTaskState.OPEN: "推进中",
            PlanTaskState.DONE: "已完成",
            PlanTaskState.DROPPED: "已取消",
        },
        PlanTaskStep: {
            PlanTaskStep.FINISH: "完成任务",
            PlanTaskStep.REOPEN: "重新打开",
            PlanTaskStep.DROP: "取消任务",
            PlanTaskStep.RESUME: "恢复任务",
        },
        PlanNeed: {
            PlanNeed.MILESTONE_LATE: "节点超期",
            PlanNeed.LATE: "任务超期",
            PlanNeed.FINISHABLE: "可以办结",
            PlanNeed.MILESTONE_SOON: "节点快到期",
            PlanNeed.SOON: "任务快到期",
            PlanNeed.DOCUMENT: "等上级文件",
            PlanNeed.SILENT: "很久没有进展",
            PlanNeed.NOTHING: "正常推进",
            PlanNeed.OVER: "不用再办",
        },
        PlanLight: {
            PlanLight.RED: "红灯",
            PlanLight.YELLOW: "黄灯",
            PlanLight.GREEN: "绿灯",
            PlanLight.WAITING: "等待",
            PlanLight.DONE: "完成",
        },
        EvidenceKind: {
            EvidenceKind.PAPER: "文件",
            EvidenceKind.MINUTES: "会议记录",
            EvidenceKind.PHOTO: "照片",
            EvidenceKind.RECORD: "工作记录",
            EvidenceKind.PUBLICATION: "公开截图",
            EvidenceKind.RECEIPT: "回执",
            EvidenceKind.FIGURES: "统计表",
            EvidenceKind.OTHER: "其他",
        },
        Comparison: {
            Comparison.AT_LEAST: "不少于",
            Comparison.AT_MOST: "不超过",
        },
        PlanLineKind: {
            PlanLineKind.TITLE: "标题",
            PlanLineKind.PREAMBLE: "前言",
            PlanLineKind.CHAPTER: "章",
            PlanLineKind.SECTION: "节",
            PlanLineKind.TASK: "任务",
            PlanLineKind.TEXT: "正文",
            PlanLineKind.UNITS: "责任单位",
            PlanLineKind.CLOSING: "结尾",
            PlanLineKind.BLANK: "空行",
            PlanLineKind.UNCLEAR: "不明确",
        },
        PlanReportKind: {
            PlanReportKind.MONTH: "月度情况",
            PlanReportKind.QUARTER: "季度点评",
            PlanReportKind.YEAR: "年度报告",
        },
    }
)


@dataclass(frozen=True, slots=True)
class FigureLink:
    """A live figure that a wording with one of these `words` asks for, and its target if any."""

    metric: str
    words: tuple[str, ...]
    unit: str
    comparison: Comparison | None = None
    target: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RegisterLink:
    """A register that a wording with one of these `words` asks for."""

    register: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plans:
    """How plans are read and judged; the numbers are days, explained in `plan.toml`."""

    version: int
    soon_days: int
    silent_days: int
    figures: tuple[FigureLink, ...]
    registers: tuple[RegisterLink, ...]


def load(path: Path | None = None) -> Plans:
    """Read them; a figure or register that is there twice, or half a target, is a ValueError."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    figures = tuple(_figure(row) for row in table["figure"])
    registers = tuple(RegisterLink(row["id"], tuple(row["words"])) for row in table["register"])
    for names in ([each.metric for each in figures], [each.register for each in registers]):
        if len(set(names)) != len(names):
            raise ValueError("年度计划的指标和台账每个只写一次")
    days = int(table["soon_days"]), int(table["silent_days"])
    if min(days) < 1:
        raise ValueError("年度计划的提醒天数至少 1 天")
    return Plans(int(table["version"]), *days, figures, registers)


def _figure(row: Mapping[str, Any]) -> FigureLink:
    comparison, target = row.get("comparison"), row.get("target")
    if (comparison is None) != (target is None):
        raise ValueError(f"{row['metric']}的目标要同时写明数值和比较方式")
    return FigureLink(
        metric=row["metric"],
        words=tuple(row["words"]),
        unit=row["unit"],
        comparison=None if comparison is None else Comparison(comparison),
        target=None if target is None else Decimal(target),
    )
