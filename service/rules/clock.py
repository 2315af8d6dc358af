"""A clock 计时: a rule, a start and its changes; what it promises, and what may be done to it.

Nothing here is stored: rows of `clock` and `clock_change` are read into a `Run` and asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from config.clock import ClockRule, Clocks
from config.clock_ground import ClockGrounds
from config.vocabulary import (
    Channel,
    ClockChangeKind,
    ClockChangeState,
    ClockEnd,
    ClockKind,
    ClockState,
    Step,
    TimeUnit,
)
from config.words import label
from service.errors import Invalid, StepNotAllowed
from service.rules.calendar import WorkCalendar
from service.rules.deadlines import Deadline, HourDeadline, Pause, deadline, deadline_at, in_force

# What a step does to the clocks of a dispute that it does not meet. A step that is absent leaves
# them running.
_ENDED_BY: Final[Mapping[Step, ClockEnd]] = MappingProxyType(
    {
        Step.RETURN: ClockEnd.RETURNED,
        Step.FAIL: ClockEnd.CLOSED,
        Step.TERMINATE: ClockEnd.CLOSED,
        Step.DECLINE: ClockEnd.CLOSED,
        Step.CLOSE: ClockEnd.CLOSED,
        Step.WITHDRAW: ClockEnd.WITHDRAWN,
        Step.REOPEN: ClockEnd.REOPENED,
        Step.VOID: ClockEnd.MISTAKEN,
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a clock as its row has it; `until_on` is None while a pause lasts."""

    kind: ClockChangeKind
    state: ClockChangeState
    ground: str
    length: int | None = None
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One clock. Hours run from `start_at`; a date somebody else wrote down is `stated_on`.

    `rule` is the one it was made under, whatever the catalogue says today.
    """

    rule: ClockRule
    start_on: date
    start_at: datetime | None = None
    changes: tuple[Change, ...] = ()
    stopped_on: date | None = None
    ended: ClockEnd | None = None
    stated_on: date | None = None

    @property
    def is_paused(self) -> bool:
        """Whether a granted pause lasts."""
        return any(each.until_on is None for each in _granted(self.changes, ClockChangeKind.PAUSE))


def promised(run: Run, calendar: WorkCalendar) -> Deadline | None:
    """The due date that is promised; None while a pause lasts: nobody knows it then.

    A stated date stands as it was written. Raises ValueError for a term in hours (`promised_at`).
    """
    if run.stated_on is not None:
        basis = in_force(run.rule.basis, run.start_on)
        return Deadline(
            run.rule.id, run.start_on, run.stated_on, run.stated_on, provisional=False, basis=basis
        )
    if run.is_paused:
        return None
    return deadline(
        run.rule,
        run.start_on,
        calendar,
        pauses=pauses_of(run.changes),
        extra=extra_of(run.changes),
    )


def promised_at(run: Run) -> HourDeadline:
    """The due instant of a term in hours. Raises ValueError for another unit or without a start."""
    if run.start_at is None:
        raise ValueError(f"{run.rule.id} 没有起算时刻")
    return deadline_at(run.rule, run.start_at)


def pauses_of(changes: Iterable[Change]) -> tuple[Pause, ...]:
    """The granted pauses that are over; one that ended on the day it began counts for nothing."""
    return tuple(
        Pause(each.from_on, each.until_on)
        for each in _granted(changes, ClockChangeKind.PAUSE)
        if each.from_on is not None and each.until_on is not None
    )


def extra_of(changes: Iterable[Change]) -> int:
    """By how many units the granted extensions lengthen the term."""
    return sum(each.length or 0 for each in _granted(changes, ClockChangeKind.EXTEND))


def state(paused_from: date | None, stopped_at: datetime | None) -> ClockState:
    """Where a clock stands, as its row has it."""
    if stopped_at is not None:
        return ClockState.STOPPED
    return ClockState.RUNNING if paused_from is None else ClockState.PAUSED


def is_late(due_on: date, *, today: date, paused: bool, done_on: date | None = None) -> bool:
    """Whether a date is missed. It may be used to its last hour, and nobody is late in a pause.

    `done_on` is the day of the deed, not of its arrival: posted on the last day is in time
    (民诉法85).
    """
    return not paused and (done_on or today) > due_on


def is_late_at(due_at: datetime, *, now: datetime, done_at: datetime | None = None) -> bool:
    """Whether an instant is missed; at the instant itself it is not."""
    return (done_at or now) > due_at


def days_left(due_on: date, today: date) -> int:
    """Natural days that are left: 0 on the last day, negative when it is past."""
    return (due_on - today).days


def open_changes(run: Run, calendar: WorkCalendar, today: date) -> tuple[ClockChangeKind, ...]:
    """What may be asked for now: a pause, an extension, both or nothing."""
    if run.stopped_on is not None or not _is_ours(run) or _has_run_out(run, calendar, today):
        return ()
    asked = {each.kind for each in run.changes if each.state is ClockChangeState.ASKED}
    can = {
        ClockChangeKind.PAUSE: _pauses(run),
        ClockChangeKind.EXTEND: _extends(run) and len(_extensions(run)) < run.rule.extension_times,
    }
    return tuple(kind for kind, may in can.items() if may and kind not in asked)


def check_pause(
    run: Run,
    ground: str,
    from_on: date,
    today: date,
    *,
    calendar: WorkCalendar,
    grounds: ClockGrounds,
) -> None:
    """Whether the clock may be paused from `from_on`, asked for on `today`.

    The day of the asking decides: who asks in time loses nothing by a late answer. `run` is the
    clock without the change that is judged. Raises StepNotAllowed where no pause is possible now,
    Invalid at the field for a wrong ground or day.
    """
    _check_running(run, calendar, today, ClockChangeKind.PAUSE)
    if not _pauses(run):
        raise StepNotAllowed("这个期限不能中止", _values(open_changes(run, calendar, today)))
    wrong = _wrong_ground(run, ground, ClockChangeKind.PAUSE, grounds)
    earliest = max([run.start_on, *(pause.until_on for pause in pauses_of(run.changes))])
    if from_on > today:
        wrong["from_on"] = ["中止的起日不能晚于今天"]
    elif from_on < earliest:
        wrong["from_on"] = [f"中止的起日不能早于{earliest}"]
    if wrong:
        raise Invalid(wrong)


def check_resume(run: Run, until_on: date, today: date) -> None:
    """Whether the pause may end so that `until_on` counts again.

    Raises StepNotAllowed when there is none, Invalid at the field for a wrong day.
    """
    lasting = [
        each.from_on
        for each in _granted(run.changes, ClockChangeKind.PAUSE)
        if each.until_on is None and each.from_on is not None
    ]
    if run.stopped_on is not None or not lasting:
        raise StepNotAllowed("这个期限没有中止，不用恢复", [])
    if until_on > today:
        raise Invalid({"until_on": ["恢复计时的日期不能晚于今天"]})
    if until_on <= lasting[0]:
        raise Invalid({"until_on": [f"恢复计时的日期要晚于中止的起日{lasting[0]}"]})


def check_extension(
    run: Run,
    length: int,
    today: date,
    *,
    ground: str,
    calendar: WorkCalendar,
    grounds: ClockGrounds,
) -> None:
    """Whether the term may be made `length` units longer, asked for on `today`.

    The day of the asking decides. `run` is the clock without the change that is judged. Raises
    StepNotAllowed where no extension is possible now, Invalid at the field otherwise.
    """
    _check_running(run, calendar, today, ClockChangeKind.EXTEND)
    if not _extends(run):
        raise StepNotAllowed("这个期限不能延长", _values(open_changes(run, calendar, today)))
    if len(_extensions(run)) >= run.rule.extension_times:
        said = f"这个期限最多延长{run.rule.extension_times}次，已经用完"
        raise StepNotAllowed(said, _values(open_changes(run, calendar, today)))
    wrong = _wrong_ground(run, ground, ClockChangeKind.EXTEND, grounds)
    if not 1 <= length <= run.rule.extension:
        most, unit = run.rule.extension, label(run.rule.unit)
        range_ = f"每次延长1到{most}{unit}" if most > 1 else f"每次延长1{unit}"
        wrong["length"] = [f"请写明延长多少，{range_}"]
    if wrong:
        raise Invalid(wrong)


def starts_on(
    step: Step, clocks: Clocks, on: date, *, channel: Channel | None = None
) -> tuple[ClockRule, ...]:
    """The rules that `step` starts by itself, as they are in force on that day.

    With a `channel`, those that are meant for other mediations are left out.
    """
    return tuple(
        rule
        for rule in clocks.by_id.values()
        if step in rule.starts_on
        and rule.is_in_force(on)
        and (channel is None or not rule.channels or channel in rule.channels)
    )


def met_by(step: Step, clocks: Clocks) -> frozenset[str]:
    """The ids of the rules that `step` has met."""
    return frozenset(rule.id for rule in clocks.by_id.values() if step in rule.met_by)


def ended_by(
    step: Step, kind: ClockKind = ClockKind.STATUTORY, *, to_accept: bool = False
) -> ClockEnd | None:
    """Why a clock of `kind` stops at `step` without being met, None when it goes on.

    A remedy is the parties' own time: only a mistaken entry ends it. What another office asked
    for binds the centre also when the unit hands the dispute back, and so does the law's term
    `to_accept` it 法定受理期限: whoever comes next has what is left of it.
    """
    end = _ENDED_BY.get(step)
    if end is ClockEnd.RETURNED and to_accept and kind is ClockKind.STATUTORY:
        return None
    if end is ClockEnd.MISTAKEN or kind in (ClockKind.STATUTORY, ClockKind.INTERNAL):
        return end
    if kind is ClockKind.OUTSIDE and end is not ClockEnd.RETURNED:
        return end
    return None


def _granted(changes: Iterable[Change], kind: ClockChangeKind) -> tuple[Change, ...]:
    return tuple(
        each for each in changes if each.kind is kind and each.state is ClockChangeState.GRANTED
    )


def _extensions(run: Run) -> tuple[Change, ...]:
    return _granted(run.changes, ClockChangeKind.EXTEND)


def _is_ours(run: Run) -> bool:
    """Whether its date is counted by us in days."""
    return run.stated_on is None and not run.rule.stated and run.rule.unit is not TimeUnit.HOUR


def _pauses(run: Run) -> bool:
    return _is_ours(run) and bool(run.rule.pauses)


def _extends(run: Run) -> bool:
    return _is_ours(run) and bool(run.rule.extension and run.rule.extension_times)


def _has_run_out(run: Run, calendar: WorkCalendar, today: date) -> bool:
    """Whether no day of it is left; in a pause that nobody can say, and nothing can be asked."""
    promise = promised(run, calendar)
    return promise is None or today > promise.due_on


def _check_running(run: Run, calendar: WorkCalendar, today: date, kind: ClockChangeKind) -> None:
    if run.stopped_on is not None:
        raise StepNotAllowed("这个期限已经停止计时", [])
    if run.is_paused:
        raise StepNotAllowed("这个期限正在中止，请先恢复计时", [])
    if _is_ours(run) and _has_run_out(run, calendar, today):
        raise StepNotAllowed("这个期限已经届满，不能再中止或延长", [])
    if any(each.kind is kind and each.state is ClockChangeState.ASKED for each in run.changes):
        allowed = _values(open_changes(run, calendar, today))
        raise StepNotAllowed("已经有一份同样的申请在等审批", allowed)


def _wrong_ground(
    run: Run, ground: str, kind: ClockChangeKind, grounds: ClockGrounds
) -> dict[str, list[str]]:
    named = run.rule.pauses if kind is ClockChangeKind.PAUSE else run.rule.extends
    if ground in named and ground in grounds and grounds[ground].kind is kind:
        return {}
    names = "、".join(grounds[each].name for each in named if each in grounds)
    return {"ground": [f"这个期限只能因以下事由变更：{names}"]}


def _values(kinds: Iterable[ClockChangeKind]) -> list[str]:
    return [kind.value for kind in kinds]
