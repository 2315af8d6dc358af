"""The yearly plan 年度计划: its words, and what `plan.toml` says of links and thresholds."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class PlanTaskState(StrEnum):
    """Where a task is. How well it stands is its light, which nobody types."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


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
