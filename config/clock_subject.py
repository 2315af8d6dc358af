"""What a term 期限 may run on beside a dispute: letters, lawsuits, duties and the like."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from config.vocabulary import Role


class ClockSubject(StrEnum):
    """What owes an answer by a day, and is no dispute 期限所属事项."""

    SUGGESTION = "suggestion"  # 检察建议、司法建议、行政复议意见书
    DEMAND = "demand"  # 建议的整改事项
    LAWSUIT = "lawsuit"  # 行政复议、行政诉讼
    DUTY = "duty"  # 生效裁判、复议决定的履行义务
    INQUIRY = "inquiry"  # 检察机关调卷、询问
    COURT_AID = "court_aid"  # 协助人民法院
    ENFORCEMENT_CHECK = "enforcement_check"  # 执法监督事项
    OBLIGATION = "obligation"  # 府院联动机制的约定事项
    DECISION = "decision"  # 联席会议议定事项
    PLAN_TASK = "plan_task"  # 年度计划任务
    PLAN_MILESTONE = "plan_milestone"  # 年度计划任务的节点
    PLAN_ENTRY = "plan_entry"  # 工作台账条目


# who may be told at all: these of what the whole town owes, those of what their own unit does
OF_TOWN: Final = frozenset({Role.LEGAL, Role.DIRECTOR, Role.LEADER})
OF_PLAN: Final = frozenset({Role.PLANNER, Role.DIRECTOR, Role.LEADER})
OF_UNIT: Final = frozenset({Role.LIAISON, Role.MEDIATOR})


@dataclass(frozen=True, slots=True)
class SubjectWords:
    """What a subject is called, where its pages are, and by which rights it is seen.

    One stands at `path/<id>`, their list at `path`. Whoever may neither read nor list them is
    told of none; `town` are the roles that are told of what any unit of the town owes.
    """

    noun: str
    path: str
    right: str
    town: frozenset[Role] = OF_TOWN

    @property
    def read(self) -> str:
        """The right to open one."""
        return f"{self.right}.read"

    @property
    def list(self) -> str:
        """The right to see their list."""
        return f"{self.right}.list"


WORDS: Final[Mapping[ClockSubject, SubjectWords]] = MappingProxyType(
    {
        ClockSubject.SUGGESTION: SubjectWords("建议书", "/suggestions", "suggestion"),
        ClockSubject.DEMAND: SubjectWords("建议整改事项", "/demands", "suggestion"),
        ClockSubject.LAWSUIT: SubjectWords("应诉案件", "/lawsuits", "lawsuit"),
        ClockSubject.DUTY: SubjectWords("判决履行事项", "/duties", "lawsuit"),
        ClockSubject.INQUIRY: SubjectWords("检察调卷与询问", "/linkages", "linkage"),
        ClockSubject.COURT_AID: SubjectWords("协助法院事项", "/linkages", "linkage"),
        ClockSubject.ENFORCEMENT_CHECK: SubjectWords("执法监督事项", "/linkages", "linkage"),
        ClockSubject.OBLIGATION: SubjectWords("府院联动事项", "/linkages", "linkage"),
        ClockSubject.DECISION: SubjectWords("会议议定事项", "/decisions", "meeting"),
        ClockSubject.PLAN_TASK: SubjectWords("计划任务", "/plan-tasks", "plan", OF_PLAN),
        ClockSubject.PLAN_MILESTONE: SubjectWords("任务节点", "/plan-milestones", "plan", OF_PLAN),
        ClockSubject.PLAN_ENTRY: SubjectWords("台账条目", "/plan-entries", "plan_entry", OF_PLAN),
    }
)
# rows of the registers of 府检府院联动
OF_LINKAGE: Final = tuple(each for each, words in WORDS.items() if words.right == "linkage")
