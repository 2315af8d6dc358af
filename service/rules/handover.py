"""Who may hand a dispute over 移交 to whom, when the parties must agree, and what a return does."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from config.basis import Basis
from config.handover import Handovers, ReturnReason
from config.vocabulary import (
    Channel,
    DisputeStatus,
    HandoverConsent,
    HandoverKind,
    HandoverState,
    OrganisationKind,
    PartyRole,
    Role,
)
from service.errors import Conflict, Invalid
from service.rules import office_hours
from service.rules.calendar import WorkCalendar

S = HandoverState
# a unit hands over what it has accepted and has not settled yet
SENDABLE: Final = frozenset({DisputeStatus.ACCEPTED, DisputeStatus.MEDIATING})
BACK: Final = frozenset({S.RETURNED, S.BOUNCED})
# the centre decides where it goes: after one of these its unit may hand over again
DECIDING: Final = frozenset({HandoverKind.DISPATCH, HandoverKind.DIRECTED})
# the four mediations 四种调解, in the order of the flow
MEDIATIONS: Final = (Channel.PEOPLE, Channel.ADMINISTRATIVE, Channel.SECTOR, Channel.JUDICIAL)
_GRAVE: Final = frozenset({"minor", "serious", "death"})
_SIDES: Final = (PartyRole.APPLICANT, PartyRole.RESPONDENT)
TO_ONESELF: Final = "这件纠纷就在这个单位，不用移交"
CRIME: Final = "涉嫌犯罪的要移送公安机关立案，不能移交给调解单位"
OTHER_TOWN: Final = "不归本地管辖的要移送，不能移交"
GONE: Final = "没有这个单位"
NOT_ACCEPTED: Final = "这个单位不受理这一类纠纷"
OPEN_ALREADY: Final = "已经移交给{unit}，正在等对方签收；要改送别的单位，请先撤回"
SETTLED: Final = "这次移交已经{state}，不能再办"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An organisation as a handover sees it; `takes` are the categories it accepts, None all."""

    id: UUID
    kind: OrganisationKind
    channel: Channel
    active: bool = True
    takes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One handover of a dispute, as far as the next one depends on it."""

    kind: HandoverKind
    state: HandoverState
    episode: int
    to_director: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """How the parties agreed: how, on which day, which of them; or on what ground nobody must."""

    how: HandoverConsent
    on: date | None = None
    parties: Sequence[UUID] = ()
    ground: str | None = None


def kind_of(roles: frozenset[Role]) -> HandoverKind:
    """What a handover from unit to unit is called; that of the director decides."""
    return HandoverKind.DIRECTED if Role.DIRECTOR in roles else HandoverKind.TRANSFER


def check_units(
    sender: Unit, receiver: Unit | None, *, category: str, facts: Mapping[str, Any]
) -> None:
    """Raise Invalid at `organisation` when the dispute cannot go from one unit to the other."""
    problem = _problem(sender, receiver, category, facts)
    if problem:
        raise Invalid({"organisation": [problem]})


def _problem(
    sender: Unit, receiver: Unit | None, category: str, facts: Mapping[str, Any]
) -> str | None:
    if receiver is None or not receiver.active:
        return GONE
    if receiver.id == sender.id:
        return TO_ONESELF
    if receiver.kind is OrganisationKind.OTHER_TOWN:
        return OTHER_TOWN
    if facts.get("crime_suspected") is True or facts.get("injury") in _GRAVE:
        return CRIME
    if receiver.takes is not None and category not in receiver.takes:
        return NOT_ACCEPTED
    return None


def consent_basis(sender: Unit, receiver: Unit, data: Handovers) -> tuple[Basis, ...]:
    """Why this handover needs the parties' consent; empty when it does not."""
    for each in data.consents:
        if each.fits(sender.kind, sender.channel, receiver.channel):
            return each.basis
    return ()


def check_consent(
    agreed: Agreed,
    basis: Sequence[Basis],
    roles: Mapping[UUID, PartyRole],
    *,
    today: date,
) -> None:
    """Raise Invalid at every field of `consent` that will not do.

    `basis` is why it is needed, empty when it is not; `roles` are the parties of the dispute. Each
    side that the dispute names has to be there with one of its people.
    """
    problems: dict[str, list[str]] = {}
    if agreed.how is HandoverConsent.NOT_NEEDED:
        if basis:
            problems["consent.how"] = [f"这样移交要先征得当事人同意（{_cited(basis)}）"]
        elif not agreed.ground:
            problems["consent.ground"] = ["请写明为什么不需要当事人同意"]
    else:
        if agreed.on is None:
            problems["consent.on"] = ["请填写当事人同意的日期"]
        elif agreed.on > today:
            problems["consent.on"] = ["当事人同意的日期不能晚于今天"]
        wrong = _whose(agreed.parties, roles)
        if wrong:
            problems["consent.parties"] = [wrong + (f"（{_cited(basis)}）" if basis else "")]
    if problems:
        raise Invalid(problems)


def _whose(parties: Collection[UUID], roles: Mapping[UUID, PartyRole]) -> str | None:
    if set(parties) - set(roles):
        return "有的人不是这件纠纷的当事人，请重新选择"
    sides = {roles[each] for each in parties}
    missing = [each for each in _SIDES if each in roles.values() and each not in sides]
    if missing or not parties:
        return "请选择同意移交的当事人，申请人和被申请人都要有"
    return None


def _cited(basis: Sequence[Basis]) -> str:
    return "、".join(f"《{each.law}》第 {each.article} 条" for each in basis)


def check_return(code: str, words: str | None, data: Handovers, *, field: str) -> ReturnReason:
    """The reason of a code; Invalid at `code`, or at `field` when its words are missing."""
    reason = data.reasons.get(code)
    if reason is None:
        raise Invalid({"code": [f"不在可选范围内：{'、'.join(data.reasons)}"]})
    if reason.ask and not words:
        raise Invalid({field: [reason.ask]})
    return reason


def times_back(moves: Sequence[Move], episode: int) -> int:
    """How often a dispute came back during one handling."""
    return sum(each.state in BACK and each.episode == episode for each in moves)


def goes_to_director(times: int, reason: ReturnReason | None, data: Handovers) -> bool:
    """Whether the director decides after a dispute came back for the time `times`."""
    return times > data.returns or (reason is not None and reason.director)


def check_may_send(moves: Sequence[Move], kind: HandoverKind, *, units: Sequence[str]) -> None:
    """Raise Conflict when one is open (`units` names where each went), or the director has to say.

    `moves` are in their order.
    """
    for move, unit in zip(moves, units, strict=True):
        if move.state is S.OPEN:
            raise Conflict(OPEN_ALREADY.format(unit=unit))
    if kind not in DECIDING and waits_for_director(moves):
        times = times_back(moves, moves[-1].episode)
        raise Conflict(f"这件纠纷已经退回 {times} 次，移到哪里由中心主任决定")


def waits_for_director(moves: Sequence[Move]) -> bool:
    """Whether it came back too often, and the director has not decided since."""
    for move in reversed(moves):
        if move.to_director:
            return True
        if move.kind in DECIDING and move.state is not S.WITHDRAWN:
            return False
    return False


def may_withdraw(kind: HandoverKind, *, is_senders: bool, is_director: bool) -> bool:
    """Whether somebody takes back what a unit was sent: what the director decided, a director."""
    return is_director or (is_senders and kind not in DECIDING)


def due_at(
    sent_at: datetime, data: Handovers, calendar: WorkCalendar, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """By when a handover has to be answered, and when the unit is reminded of that."""
    due = office_hours.after(sent_at, data.answer, data.hours, calendar, zone)
    return due, office_hours.before(due, data.remind, data.hours, calendar, zone)
