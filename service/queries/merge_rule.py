"""What a merge 并案 does with every table that belongs to a dispute: one rule each, no exception.

A test walks the tables: one that leads to a dispute, by whatever way, and has no rule here fails
the build, and so does a rule without a table. The page of a merge and the merge itself both read
these rules, so what is announced is what happens.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.vocabulary import ClockKind
from models import (
    Agreement,
    Attachment,
    AuditEntry,
    Basis,
    Charge,
    ChargeMeasure,
    Clock,
    ClockChange,
    ClockStep,
    Confirmation,
    Consultation,
    CourtReferral,
    DataRequest,
    DisputeText,
    DossierSample,
    Episode,
    ErasureItem,
    Event,
    Glass,
    Handover,
    Hold,
    JointTask,
    Lawsuit,
    Link,
    Material,
    MediationSession,
    MeetingDecision,
    MeetingItem,
    Merge,
    Named,
    Notice,
    OutsideEntry,
    Party,
    ReceptionVisit,
    Recusal,
    RepeatVisit,
    Route,
    Share,
    Supervision,
    TextDuty,
    Visit,
)
from service.rules import court


class Fate(StrEnum):
    """What becomes of the rows of the dispute that goes into the other."""

    MOVE = "move"  # they go to the one that remains
    UNLIKE = "unlike"  # they go, but for those the other has already
    KEEP = "keep"  # they stay with the one that went in, and can be looked up there
    REMAKE = "remake"  # they are made anew from what the two now hold


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRule:
    """The fate of one table.

    `name` and `why` are what the page says. `holder` is the column that names the dispute.
    `alike` are the columns by which the other has a row already. `which` narrows the rows that may
    go at all; the rest stay. `numbered` is a column that counts within the dispute: what comes is
    counted on. `hand` says that the table has a mover of its own beside the general one.
    """

    table: Any
    fate: Fate
    name: str
    why: str = ""
    holder: str | None = "dispute_id"
    alike: tuple[str, ...] = ()
    which: tuple[ColumnElement[bool], ...] = ()
    numbered: str | None = None
    hand: bool = False

    @property
    def goes(self) -> bool:
        """Whether any row of it may change its dispute."""
        return self.fate in (Fate.MOVE, Fate.UNLIKE)

    def of(self, dispute_id: UUID) -> tuple[ColumnElement[bool], ...]:
        """What a row has to fulfil to be the dispute's, where the table has a `holder`."""
        mine = getattr(self.table, str(self.holder)) == dispute_id
        if self.holder == "subject_id" and hasattr(self.table, "subject"):
            return (mine, self.table.subject == "dispute")
        return (mine,)


RUNNING_OF_OTHERS: Final = (
    Clock.stopped_at.is_(None),
    sa.or_(Clock.kind.in_((ClockKind.REMEDY, ClockKind.OUTSIDE)), Clock.rule.in_(court.TERMS)),
)

RULES: Final = (
    MergeRule(
        table=Party,
        fate=Fate.UNLIKE,
        name="当事人",
        why="同一个人（证件号相同，或者姓名、电话都相同）只留一个，其余并过来",
        numbered="position",
        hand=True,
    ),
    MergeRule(
        table=Basis,
        fate=Fate.UNLIKE,
        name="个人信息处理依据",
        why="同一条依据不重复，其余并过来",
        alike=("ground", "code", "version", "party_id", "given_by_id", "obtained_on"),
        hand=True,
    ),
    MergeRule(table=MediationSession, fate=Fate.MOVE, name="调解会", numbered="ordinal"),
    MergeRule(table=Visit, fate=Fate.MOVE, name="回访"),
    MergeRule(table=RepeatVisit, fate=Fate.MOVE, name="重复来访", numbered="ordinal"),
    MergeRule(table=Attachment, fate=Fate.MOVE, name="附件", holder="subject_id", hand=True),
    MergeRule(table=Material, fate=Fate.MOVE, name="材料", numbered="position"),
    MergeRule(
        table=OutsideEntry,
        fate=Fate.UNLIKE,
        name="外部系统登记",
        why="同一系统同一编号的不重复，其余并过来",
        alike=("system", "number"),
    ),
    MergeRule(table=Consultation, fate=Fate.MOVE, name="咨询"),
    MergeRule(table=Lawsuit, fate=Fate.MOVE, name="复议和诉讼"),
    MergeRule(
        table=Link,
        fate=Fate.UNLIKE,
        name="查重结论",
        why="与别的纠纷的结论并过来；保留的一件已有结论的，以它为准",
        holder=None,
        hand=True,
    ),
    MergeRule(
        table=Share,
        fate=Fate.UNLIKE,
        name="共享和协办",
        why="还在有效期内的并过来，这些单位从此看得到保留的一件；已经共享给它们的不重复",
        alike=("organisation_id", "purpose"),
        which=(Share.ended_at.is_(None),),
    ),
    MergeRule(
        table=Hold,
        fate=Fate.UNLIKE,
        name="暂缓销毁",
        why="还没有取消的并过来",
        alike=("lifted_at",),
        which=(Hold.lifted_at.is_(None),),
    ),
    MergeRule(
        table=Clock,
        fate=Fate.UNLIKE,
        name="期限",
        why="当事人的救济期限、交办单位写明的日期和法院的期限并过来；别的期限停止计时，留在并入的一件",
        alike=("rule", "due_on"),
        which=RUNNING_OF_OTHERS,
        hand=True,
    ),
    MergeRule(table=ClockChange, fate=Fate.MOVE, name="期限变更", why="跟着它的期限走", hand=True),
    MergeRule(table=ClockStep, fate=Fate.MOVE, name="期限提醒", why="跟着它的期限走", hand=True),
    MergeRule(
        table=Supervision,
        fate=Fate.KEEP,
        name="督办",
        why="还没有办结的随并案结束，要继续督办的请对保留的一件下达",
        hand=True,
    ),
    MergeRule(table=Agreement, fate=Fate.KEEP, name="以前各次的调解协议"),
    MergeRule(table=Episode, fate=Fate.KEEP, name="办理次数", why="这一次随并案结束", hand=True),
    MergeRule(
        table=Handover,
        fate=Fate.KEEP,
        name="分流和移交",
        why="还没有答复的随并案撤回，不再等对方签收",
        hand=True,
    ),
    MergeRule(table=DossierSample, fate=Fate.KEEP, name="案卷评查"),
    MergeRule(
        table=Recusal,
        fate=Fate.KEEP,
        name="申请回避",
        why="是对并入一件的调解员提的；还要回避的，请对保留的一件再申请",
    ),
    MergeRule(
        table=JointTask,
        fate=Fate.KEEP,
        name="协办任务",
        why="还没有结果的随并案结束，要继续协办的请对保留的一件重新提出",
        hand=True,
    ),
    MergeRule(
        table=Charge,
        fate=Fate.KEEP,
        name="领导包案",
        why="随并案结束，要继续包案的请对保留的一件指定",
        hand=True,
    ),
    MergeRule(table=ChargeMeasure, fate=Fate.KEEP, name="包案措施"),
    MergeRule(table=ReceptionVisit, fate=Fate.KEEP, name="领导接访来访"),
    MergeRule(table=MeetingItem, fate=Fate.KEEP, name="会议议程"),
    MergeRule(table=MeetingDecision, fate=Fate.KEEP, name="会议议定事项"),
    MergeRule(
        table=CourtReferral,
        fate=Fate.UNLIKE,
        name="法院委派、委托",
        why="同一个案号的不重复，其余并过来，结果仍要反馈法院",
        alike=("case_number",),
    ),
    MergeRule(table=Confirmation, fate=Fate.KEEP, name="司法确认", why="跟着它的协议"),
    MergeRule(table=Route, fate=Fate.KEEP, name="建议去向"),
    MergeRule(table=Named, fate=Fate.KEEP, name="受限查阅的指定"),
    MergeRule(table=Glass, fate=Fate.KEEP, name="紧急查阅"),
    MergeRule(table=Notice, fate=Fate.KEEP, name="消息", why="没有读的不再提醒", hand=True),
    MergeRule(table=Event, fate=Fate.KEEP, name="办理经过", holder="subject_id"),
    MergeRule(table=AuditEntry, fate=Fate.KEEP, name="操作记录", holder="subject_id"),
    MergeRule(table=Merge, fate=Fate.KEEP, name="以前的并案"),
    MergeRule(table=DataRequest, fate=Fate.KEEP, name="本人查阅、更正申请", holder=None),
    MergeRule(table=ErasureItem, fate=Fate.KEEP, name="销毁清单", holder="subject_id"),
    MergeRule(table=TextDuty, fate=Fate.KEEP, name="检索待办"),
    MergeRule(
        table=DisputeText,
        fate=Fate.REMAKE,
        name="检索",
        why="用并入一件的姓名和经过，也能找到保留的一件",
        hand=True,
    ),
)
BY_TABLE: Final = {each.table.__tablename__: each for each in RULES}
