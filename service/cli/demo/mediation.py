"""How disputes are mediated in the demo: sent, accepted, talked over, ended."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from config.vocabulary import AgreementForm, FailureReason, Outcome, Step, VisitResult
from service.cli.demo.world import Case, Fate, Way, World, dispatch, office_for, yuan
from service.operations import mediation as operations
from service.rules.access import Actor


def mediated(world: World, case: Case, fate: Fate, since: datetime) -> Way:
    """Dispatch, accept, mediate, end."""
    now = since
    yield (now := fate.sent_at or world.after(now, 0.3, fate))
    office = office_for(world, case, other=fate.override)
    dispatch(world, case, office, now)
    if fate.stall is Step.DISPATCH:
        yield from _never()
    yield (now := world.after(now, 0.5, fate))
    if fate.returned:
        reason = world.say("return_reasons")
        world.take(
            case, Step.RETURN, world.staff.mediator_of(office), now, reason=reason, code="not_ours"
        )
        yield (now := world.after(now, 0.5, fate))
        office = office_for(world, case, other=True)
        dispatch(world, case, office, now)
        yield (now := world.after(now, 0.5, fate))
    mediator = world.staff.mediator_of(office)
    world.take(case, Step.ACCEPT, mediator, now)
    if fate.stall is Step.ACCEPT:
        yield from _never()
    yield (now := world.after(now, 1.2, fate))
    world.take(case, Step.START, mediator, now)
    now = yield from _sessions(world, case, mediator, fate, now)
    if fate.stall is Step.START:
        yield from _never()
    yield (now := world.after(now, 4, fate))
    return (yield from _ended(world, case, mediator, fate, now))


def _never() -> Iterator[datetime]:
    """Wait for a day that does not come."""
    yield datetime.max.replace(tzinfo=UTC)


def _sessions(world: World, case: Case, mediator: Actor, fate: Fate, since: datetime) -> Way:
    now = since
    for _ in range(world.rng.choice((1, 1, 2, 3))):
        yield (now := world.after(now, 3, fate))
        attendance = [
            {"party": each, "attended": world.rng.random() < 0.9} for each in case.parties
        ]
        operations.hold_session(
            case.id,
            {
                "held_at": now - timedelta(minutes=1),
                "place": world.rng.choice(world.town.places),
                "attendance": attendance,
                "minutes": world.say("minutes"),
            },
            actor=mediator,
            desk=world.desk,
            now=now,
        )
    return now


def _ended(world: World, case: Case, mediator: Actor, fate: Fate, since: datetime) -> Way:
    now = since
    if fate.ending is Step.FAIL:
        reasons = world.rng.sample(list(FailureReason), world.rng.choice((1, 1, 2)))
        world.take(case, Step.FAIL, mediator, now, reasons=reasons, note=None)
    elif fate.ending is Step.WITHDRAW:
        world.take(case, Step.WITHDRAW, mediator, now, reason=world.say("withdraw_reasons"))
    elif fate.ending is Step.TERMINATE:
        world.take(case, Step.TERMINATE, mediator, now, reason=world.say("terminate_reasons"))
    elif fate.ending is Step.CLOSE:
        world.take(case, Step.CLOSE, mediator, now, outcome=Outcome.GUIDED)
    else:
        now = yield from _agreed(world, case, mediator, fate, now)
    return now


def _agreed(world: World, case: Case, mediator: Actor, fate: Fate, since: datetime) -> Way:
    now = since
    settled = case.amount * world.rng.randint(6, 10) // 10 if case.amount else None
    written = world.rng.random() < 0.7
    world.take(
        case,
        Step.AGREE,
        mediator,
        now,
        form=AgreementForm.WRITTEN if written else AgreementForm.ORAL,
        terms=case.story.terms.format(n=case.n, settled=yuan(settled)) if written else None,
        amount=settled,
        performed_by=_promised(world, now),
    )
    if not fate.performed:
        yield from _never()
    yield (now := world.after(now, 7, fate))
    world.take(case, Step.PERFORM, mediator, now)
    yield (now := world.after(now, 2, fate))
    world.take(case, Step.CLOSE, mediator, now, outcome=Outcome.AGREED)
    if world.rng.random() < 0.6:
        yield (now := world.after(now, 14, fate))
        _visit(world, case, mediator, now)
    return now


def _visit(world: World, case: Case, mediator: Actor, now: datetime) -> None:
    operations.visit(
        case.id,
        {
            "visited_on": world.desk.today(now),
            "result": VisitResult.PERFORMED,
            "satisfied": world.rng.random() < 0.9,
            "note": world.say("visit_notes"),
        },
        actor=mediator,
        desk=world.desk,
        now=now,
    )


def _promised(world: World, now: datetime) -> date:
    return world.desk.today(now) + timedelta(days=world.rng.choice((3, 7, 15, 30)))
