"""The life of a dispute 程序: one table of legal steps that drives API, buttons and tests."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from config.policy import Policy
from config.vocabulary import Channel, ClockKind, Outcome, Step
from config.vocabulary import DisputeStatus as S
from service.errors import Invalid, StepNotAllowed
from service.rules import clock
from service.rules.calendar import WorkCalendar
from service.rules.deadlines import Deadline, deadline

OPEN: Final = frozenset({S.REGISTERED, S.DISPATCHED, S.ACCEPTED, S.MEDIATING, S.AGREED})
ENDED: Final = frozenset({S.CLOSED, S.ARCHIVED})
# nobody has taken it on yet
WAITING: Final = frozenset({S.REGISTERED, S.DISPATCHED})

# (status, step) -> the status that follows
TRANSITIONS: Final[Mapping[tuple[S, Step], S]] = MappingProxyType(
    {
        (S.REGISTERED, Step.DISPATCH): S.DISPATCHED,
        (S.REGISTERED, Step.DECLINE): S.CLOSED,
        (S.REGISTERED, Step.WITHDRAW): S.CLOSED,
        (S.REGISTERED, Step.CLOSE): S.CLOSED,
        (S.REGISTERED, Step.VOID): S.CLOSED,
        (S.DISPATCHED, Step.ACCEPT): S.ACCEPTED,
        (S.DISPATCHED, Step.RETURN): S.REGISTERED,
        (S.DISPATCHED, Step.ASSIGN): S.DISPATCHED,
        (S.DISPATCHED, Step.DECLINE): S.CLOSED,
        (S.DISPATCHED, Step.WITHDRAW): S.CLOSED,
        (S.DISPATCHED, Step.VOID): S.CLOSED,
        (S.ACCEPTED, Step.ASSIGN): S.ACCEPTED,
        (S.ACCEPTED, Step.START): S.MEDIATING,
        (S.ACCEPTED, Step.RETURN): S.REGISTERED,
        (S.ACCEPTED, Step.DECLINE): S.CLOSED,
        (S.ACCEPTED, Step.WITHDRAW): S.CLOSED,
        (S.ACCEPTED, Step.TERMINATE): S.CLOSED,
        (S.ACCEPTED, Step.CLOSE): S.CLOSED,
        (S.ACCEPTED, Step.VOID): S.CLOSED,
        (S.MEDIATING, Step.ASSIGN): S.MEDIATING,
        (S.MEDIATING, Step.AGREE): S.AGREED,
        (S.MEDIATING, Step.FAIL): S.CLOSED,
        (S.MEDIATING, Step.WITHDRAW): S.CLOSED,
        (S.MEDIATING, Step.TERMINATE): S.CLOSED,
        (S.MEDIATING, Step.CLOSE): S.CLOSED,
        (S.MEDIATING, Step.VOID): S.CLOSED,
        (S.AGREED, Step.PERFORM): S.AGREED,
        (S.AGREED, Step.CLOSE): S.CLOSED,
        (S.CLOSED, Step.REOPEN): S.REGISTERED,
        (S.CLOSED, Step.ARCHIVE): S.ARCHIVED,
    }
)

# the outcome a closing step gives by itself; CLOSE names its own
OUTCOME_OF: Final[Mapping[Step, Outcome]] = MappingProxyType(
    {
        Step.FAIL: Outcome.NOT_AGREED,
        Step.WITHDRAW: Outcome.WITHDRAWN,
        Step.TERMINATE: Outcome.TERMINATED,
        Step.DECLINE: Outcome.DECLINED,
        Step.VOID: Outcome.MISTAKEN,
    }
)

# what CLOSE may name in each status: nothing ends as agreed without an agreement, nor as failed
# without coded reasons (FAIL asks for them)
CLOSABLE_AS: Final[Mapping[S, frozenset[Outcome]]] = MappingProxyType(
    {
        S.REGISTERED: frozenset({Outcome.GUIDED}),
        S.ACCEPTED: frozenset({Outcome.GUIDED}),
        S.MEDIATING: frozenset({Outcome.GUIDED}),
        S.AGREED: frozenset({Outcome.AGREED}),
    }
)

_MAIN_WAY: Final = (
    Step.DISPATCH,
    Step.ACCEPT,
    Step.START,
    Step.AGREE,
    Step.PERFORM,
    Step.CLOSE,
    Step.ARCHIVE,
)


def after(status: S, step: Step) -> S:
    """The status that follows `step`, or StepNotAllowed with the legal steps."""
    try:
        return TRANSITIONS[status, step]
    except KeyError:
        allowed = [each.value for each in steps_from(status)]
        raise StepNotAllowed("这件纠纷现在不能进行这一步", allowed) from None


def steps_from(status: S) -> list[Step]:
    """The steps that are legal in `status`, in the order of the vocabulary."""
    return [step for step in Step if (status, step) in TRANSITIONS]


def next_step(status: S, open_steps: list[Step]) -> Step | None:
    """The one step that leads on along the main way; to guide people elsewhere is beside it."""
    guides = Outcome.GUIDED in CLOSABLE_AS.get(status, ())
    way = [step for step in _MAIN_WAY if not (guides and step is Step.CLOSE)]
    return next((step for step in way if step in open_steps), None)


def closing_outcome(status: S, outcome: Outcome) -> Outcome:
    """`outcome` when CLOSE may end a dispute so in `status`; Invalid at its field otherwise."""
    if outcome not in CLOSABLE_AS.get(status, frozenset()):
        raise Invalid({"outcome": ["现在不能以这种结果办结，请改用相应的步骤"]})
    return outcome


def ends(step: Step) -> bool:
    """Whether the step closes the dispute."""
    return step is Step.CLOSE or step in OUTCOME_OF


def binds(rule_id: str, kind: ClockKind, policy: Policy) -> bool:
    """Whether a term makes a dispute due: what the law or another office sets, and of the centre's
    own promises the one for the handling. The parties' own time never does.
    """
    if kind is ClockKind.INTERNAL:
        return rule_id in policy.handling.clocks
    return kind is not ClockKind.REMEDY


def is_late(due_on: date | None, today: date, *, paused: bool) -> bool:
    """Whether a term has passed by `today`; one that is paused 暂停计时 promises nothing."""
    return due_on is not None and clock.is_late(due_on, today=today, paused=paused)


def handling_deadline(
    stated: Iterable[Deadline],
    channel: Channel,
    accepted_on: date,
    policy: Policy,
    calendar: WorkCalendar,
    *,
    category: str = "",
) -> Deadline | None:
    """The term that binds the unit: the nearest special one the rules state, else the channel's.

    Where a law sets the term of a category in that channel, this is it. A dispute that no
    mediation is meant for (`none`) has no such term.
    """
    binding = [each for each in stated if each.rule in policy.handling.clocks]
    if binding:
        return min(binding, key=lambda each: each.due_on)
    default = policy.handling.default(category, channel)
    if default is None:
        return None
    return deadline(policy.clocks[default], accepted_on, calendar)
