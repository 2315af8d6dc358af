"""The register of mediators in the demo, and parties who asked for another mediator 申请回避."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from config.mediator_word import Gender, Relation
from config.vocabulary import AbsenceReason, Language, OrganisationKind, PartyRole, Step
from service.cli.demo.intake import register, story_of
from service.cli.demo.office import back
from service.cli.demo.world import Fate, Life, World, dispatch
from service.operations import mediator as operations
from service.operations import recusal
from service.queries import dispute as disputes

SEED: Final = 20261130
K = OrganisationKind
# accounts of the demo with what the register says of them; the rest are not taken in yet
LISTED: Final = (
    ("mediator", Gender.WOMAN, ("neighbour", "family", "debt"), ("zh", "mn"), 60),
    ("mediator-deputy", Gender.MAN, ("debt", "contract", "neighbour"), ("zh",), 20),
    ("mediator-police", Gender.MAN, ("public_order", "tort"), ("zh", "mn"), 40),
    ("mediator-justice", Gender.WOMAN, ("family", "land_contract"), ("zh", "mn"), 40),
    ("mediator-lawyer", Gender.MAN, ("contract", "debt"), ("zh",), 5),
    ("mediator-gacha", Gender.WOMAN, ("land_contract", "neighbour"), ("zh", "mn"), 20),
)
# people without an account: name, gender, what they know
EXPERTS: Final = (
    ("额尔德木", Gender.MAN, ("land_contract", "environment")),
    ("宋敬之", Gender.MAN, ("medical", "traffic")),
)
# how requests were decided; None waits
DECIDED: Final[tuple[tuple[str, str, str | None], ...]] = (
    ("neighbour", "调解员和对方常在一起喝酒，怕他偏向", "granted"),
    ("debt", "上次没有谈成，不想再由他谈", "refused"),
    ("family", "听说调解员是对方的远房亲戚", None),
)


def lives(world: World, now: datetime) -> Iterator[Life]:
    """The register, and one life for each request."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    yield _register(world, rng, now)
    for category, reason, outcome in DECIDED:
        yield _asked(world, category, reason, outcome=outcome, rng=rng, now=now)


def _register(world: World, rng: Random, now: datetime) -> Life:
    actors, desk, today = world.staff.actors, world.desk, world.desk.today(now)
    yield (at := back(now, 1, desk, rng))
    told: dict[str, Any] = {"actor": actors["director"], "desk": desk, "now": at}
    rows: dict[str, UUID] = {}
    for account, gender, skills, languages, limit in LISTED:
        who = actors[account]
        rows[account] = operations.add(
            {
                "user": who.user_id,
                "organisation": who.organisation_id,
                "name": who.name,
                "gender": gender,
                "skills": list(skills),
                "languages": [Language(code) for code in languages],
                "appointed_from": today - timedelta(days=300),
                "appointed_until": today + timedelta(days=430),
                "certificate": f"青调字 {len(rows) + 1:03} 号",
                "load_limit": limit,
            },
            **told,
        )
    committee = world.staff.ids[world.staff.offices[K.PEOPLE_MEDIATION_COMMITTEE.value][0].name]
    for name, gender, skills in EXPERTS:
        draft = {"organisation": committee, "name": name, "gender": gender, "skills": list(skills)}
        operations.add(draft | {"languages": [Language.CHINESE]}, **told)
    days = {"from_on": today, "until_on": today + timedelta(days=3)}
    operations.leave(rows["mediator-justice"], days | {"reason": AbsenceReason.TRAINING}, **told)
    declared = {"relation": Relation.EMPLOYER, "name": "青龙山粮食经销有限公司"}
    operations.declare(rows["mediator-lawyer"], declared, **told)


def _asked(
    world: World, category: str, reason: str, *, outcome: str | None, rng: Random, now: datetime
) -> Life:
    fate, staff = Fate(quick=True), world.staff
    yield (at := back(now, 3, world.desk, rng))
    case = register(world, story_of(world, category), at, card=True)
    office = staff.offices[K.PEOPLE_MEDIATION_COMMITTEE.value][0]
    yield (at := world.after(at, 0, fate))
    dispatch(world, case, office, at, mediator=staff.actors["mediator"].user_id)
    yield (at := world.after(at, 0, fate))
    world.take(case, Step.ACCEPT, staff.actors["mediator"], at)
    yield (at := world.after(at, 0, fate))
    told: dict[str, Any] = {"actor": staff.actors["director"], "desk": world.desk, "now": at}
    view = disputes.one(case.id, **told)
    party = next(each.id for each in view.parties if each.role is PartyRole.APPLICANT)
    made = recusal.ask(case.id, {"party": party, "reason": reason}, **told)
    if outcome is None:
        return
    yield (at := world.after(at, 0, fate))
    decision: dict[str, Any] = {"granted": outcome == "granted", "words": "查过情况，按规定决定"}
    if outcome == "granted":
        decision["mediator"] = staff.actors["mediator-deputy"].user_id
    recusal.decide(case.id, made, decision, **told | {"now": at})
