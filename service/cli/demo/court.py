"""Docking with the court 诉调对接 of the demo: everything it sends, and every way to its ruling."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any, Final

from config.court import (
    ConfirmationStep,
    CourtGround,
    CourtKind,
    CourtProcedure,
    CourtResult,
)
from config.vocabulary import AgreementForm, FailureReason, OrganisationKind, Outcome, Source, Step
from service.cli.demo.intake import register, story_of
from service.cli.demo.office import back
from service.cli.demo.world import Case, Fate, Life, World, dispatch
from service.operations import confirmation as confirmations
from service.operations import court as operations
from service.queries import dispute as disputes
from service.rules.access import Actor

SEED: Final = 20261126
COURT: Final = "奈曼旗人民法院"
BACK: Final = "被申请人已经搬到外旗县，联系不上，请另行安排"
UNDISPUTED: Final = "借款的日期和数额双方都认可"
TERMS: Final = "被申请人分两次还清：签协议当日付 1000 元，余款 2000 元两个月内付清"
T = ConfirmationStep
REASONS: Final = {T.REFUSE: "协议没有双方签名", T.REJECT: "付款的日期写得不明确"}


@dataclass(frozen=True, slots=True)
class Plan:
    """One dispute: how the court sends it (None: it does not), and how far it goes.

    `until` is received, back, confirmed, agreed, failed, told; `steps` of the confirmation follow,
    None for no application at all.
    """

    ago: int
    kind: CourtKind | None
    until: str
    procedure: CourtProcedure | None = None
    steps: tuple[ConfirmationStep, ...] | None = None


SOURCES: Final = {
    CourtKind.ASSIGNED: Source.COURT_ASSIGNED,
    CourtKind.ENTRUSTED: Source.COURT_ENTRUSTED,
}
_A, _E = CourtKind.ASSIGNED, CourtKind.ENTRUSTED
PLANS: Final = (
    Plan(1, _A, "received"),
    Plan(7, _A, "received"),
    Plan(16, _A, "back"),
    Plan(12, _A, "confirmed"),
    Plan(4, _E, "confirmed", CourtProcedure.SIMPLIFIED),
    Plan(22, _A, "agreed"),
    Plan(26, _E, "failed", CourtProcedure.ORDINARY),
    Plan(45, _A, "told", steps=(T.FILE, T.ACCEPT, T.CONFIRM)),
    Plan(9, None, "agreed", steps=()),
    Plan(13, None, "agreed", steps=(T.FILE,)),
    Plan(15, None, "agreed", steps=(T.FILE, T.ACCEPT)),
    Plan(19, None, "agreed", steps=(T.FILE, T.REFUSE)),
    Plan(38, None, "agreed", steps=(T.FILE, T.ACCEPT, T.REJECT)),
    Plan(36, None, "agreed", steps=(T.WITHDRAW,)),
)


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life for each plan."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    for place, plan in enumerate(PLANS, 1):
        yield _sent(world, plan, place, rng, now)


def _sent(world: World, plan: Plan, place: int, rng: Random, now: datetime) -> Life:
    fate, desk = Fate(quick=True), world.desk
    yield (at := back(now, plan.ago, desk, rng))
    source = SOURCES[plan.kind] if plan.kind else None
    story = story_of(world, "debt")
    case = register(world, replace(story, source=source) if source else story, at, card=True)
    office = world.staff.offices[OrganisationKind.PEOPLE_MEDIATION_COMMITTEE.value][0]
    by = world.staff.mediator_of(office)
    made = None
    if plan.kind is not None:
        made = operations.receive(case.id, _letter(world, plan, place, at), **_told(world, at))
    if plan.until in ("received", "back"):
        yield (at := world.after(at, 0, fate))
        if made and plan.until == "back":
            operations.send_back(case.id, made, BACK, **_told(world, at, case))
        return
    yield (at := world.after(at, 0, fate))
    dispatch(world, case, office, at, mediator=by.user_id)
    yield (at := world.after(at, 0, fate))
    world.take(case, Step.ACCEPT, by, at)
    if made:
        operations.confirm(case.id, made, **_told(world, at, case))
    yield (at := world.after(at, 0, fate))
    world.take(case, Step.START, by, at)
    if plan.until == "confirmed":
        return
    yield (at := world.after(at, 0, fate))
    _ended(world, plan, case, by, at)
    if made and plan.until == "told":
        body = {"result": CourtResult.AGREED, "reported_on": desk.today(at)}
        operations.report(
            case.id, made, body | {"undisputed": UNDISPUTED}, **_told(world, at, case)
        )
    yield from _confirmed(world, plan, place, case, by=by, since=at)


def _ended(world: World, plan: Plan, case: Case, by: Actor, at: datetime) -> None:
    if plan.until == "failed":
        world.take(case, Step.FAIL, by, at, reasons=[next(iter(FailureReason))], note=None)
        return
    told: dict[str, Any] = {"form": AgreementForm.WRITTEN, "terms": TERMS, "amount": 300_000}
    world.take(case, Step.AGREE, by, at, **told, performed_by=None)
    if plan.until == "told":
        world.take(case, Step.CLOSE, by, at, outcome=Outcome.AGREED)


def _confirmed(
    world: World, plan: Plan, place: int, case: Case, *, by: Actor, since: datetime
) -> Life:
    """The application, and each of its steps a few minutes after the other."""
    if plan.steps is None:
        return
    at, fate = since, Fate(quick=True)
    yield (at := world.after(at, 0, fate))
    invited = plan.kind is not None
    confirmations.prepare(
        case.id,
        {
            "matter": None,
            "court": COURT,
            "ground": CourtGround.INVITED if invited else CourtGround.SEAT,
        },
        actor=by,
        desk=world.desk,
        now=at,
    )
    for step in plan.steps:
        yield (at := world.after(at, 0, fate))
        ruled = step in (T.ACCEPT, T.CONFIRM, T.REJECT)
        body = {
            "on": world.desk.today(at),
            "case_number": f"（{at.year}）内0525民特{9000 + place}号" if ruled else None,
            "reason": REASONS.get(step),
        }
        confirmations.take(case.id, step, body, **_told(world, at, case))


def _letter(world: World, plan: Plan, place: int, at: datetime) -> dict[str, Any]:
    word = "民诉前调" if plan.kind is _A else "民初"
    return {
        "kind": plan.kind,
        "procedure": plan.procedure,
        "court_organisation": world.staff.ids["青龙山人民法庭"] if place % 2 else None,
        "court": COURT,
        "case_number": f"（{at.year}）内0525{word}{9000 + place}号",
        "received_on": world.desk.today(at),
        "contact": "法官助理",
        "materials": "起诉状副本、借条复印件",
    }


def _told(world: World, at: datetime, case: Case | None = None) -> dict[str, Any]:
    director = world.staff.actors["director"]
    told: dict[str, Any] = {"actor": director, "desk": world.desk, "now": at}
    if case is not None:
        version = disputes.version(case.id, actor=director, desk=world.desk, now=at)
        told["version"] = version
    return told
