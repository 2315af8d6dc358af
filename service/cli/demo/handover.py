"""Handovers 移交 of the demo: waiting, accepted and settled, returned, bounced, taken back, and one
that came back three times and is the director's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from config.vocabulary import AgreementForm, HandoverConsent, OrganisationKind, Outcome, Step
from service.cli.demo.intake import register, story_of
from service.cli.demo.office import back
from service.cli.demo.world import Case, Fate, Life, World, dispatch
from service.operations import handover as operations
from service.operations.handover import HandoverDraft
from service.queries import dispute as disputes
from service.queries import handover as queries
from service.rules.access import Actor
from service.rules.handover import Agreed

K = OrganisationKind
SEED: Final = 20261125
PAPERS: Final = ("登记表复印件", "现场照片 2 张", "双方自述各 1 份")


@dataclass(frozen=True, slots=True)
class Plan:
    """One dispute that goes on from unit to unit: `answers` of the receiving unit in their order.

    An answer is accept, settle (accepted, and agreed there), withdraw, bounce, open, or a code.
    """

    category: str
    ago: int
    sender: OrganisationKind
    receiver: OrganisationKind
    reason: str
    answers: tuple[str, ...]
    risk: str | None = None


PLANS: Final = (
    Plan(
        "neighbour",
        30,
        K.POLICE_STATION,
        K.PEOPLE_MEDIATION_COMMITTEE,
        "已经平息，双方愿意由镇调委会来谈宅基地的事",
        ("settle",),
        "两家相邻，见面容易再吵",
    ),
    Plan(
        "debt",
        24,
        K.PEOPLE_MEDIATION_COMMITTEE,
        K.PEOPLE_COURT,
        "双方对借条真假争得厉害，要求到法庭调解",
        ("settle",),
    ),
    Plan(
        "family",
        9,
        K.POLICE_STATION,
        K.JUSTICE_OFFICE,
        "夫妻为外出打工争吵，没有动手，请司法所调解",
        ("accept",),
    ),
    Plan(
        "contract",
        8,
        K.PEOPLE_MEDIATION_COMMITTEE,
        K.LAW_FIRM,
        "合同条款拿不准，当事人想请律师来谈",
        ("papers_missing", "accept"),
    ),
    Plan(
        "tort",
        7,
        K.JUSTICE_OFFICE,
        K.PEOPLE_MEDIATION_COMMITTEE,
        "事情发生在村里，就近来谈",
        ("not_ours", "conflict", "wrong_place"),
    ),
    Plan(
        "housing",
        6,
        K.JUSTICE_OFFICE,
        K.LEGAL_SERVICE,
        "当事人要求法律服务所来办",
        ("bounce",),
    ),
    Plan(
        "neighbour",
        5,
        K.PEOPLE_MEDIATION_COMMITTEE,
        K.POLICE_STATION,
        "昨晚又推搡了一次，请派出所处理",
        ("withdraw",),
    ),
    Plan(
        "debt",
        3,
        K.POLICE_STATION,
        K.PEOPLE_MEDIATION_COMMITTEE,
        "不是治安案件，双方同意到镇调委会谈还款",
        ("open",),
        "出借人情绪激动",
    ),
    Plan(
        "neighbour",
        2,
        K.PEOPLE_MEDIATION_COMMITTEE,
        K.JUSTICE_OFFICE,
        "牵涉遗产分割，请司法所来谈",
        ("open",),
    ),
)
WORDS: Final = {"papers_missing": "缺双方签字的合同原件"}


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life for each plan."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    for plan in PLANS:
        yield _moved(world, plan, rng, now)


def _moved(world: World, plan: Plan, rng: Random, now: datetime) -> Life:
    """Registered, accepted by one unit, and sent on until the last answer."""
    fate, desk = Fate(quick=True), world.desk
    yield (at := back(now, plan.ago, desk, rng))
    case = register(world, story_of(world, plan.category), at, card=True)
    sender = world.staff.offices[plan.sender.value][0]
    by = world.staff.mediator_of(sender)
    yield (at := world.after(at, 0, fate))
    dispatch(world, case, sender, at, mediator=by.user_id)
    yield (at := world.after(at, 0, fate))
    world.take(case, Step.ACCEPT, by, at)
    for answer in plan.answers:
        at = max(back(now, 0, desk, rng), at) if answer == "open" else world.after(at, 0, fate)
        yield at
        made = _send(world, case, plan, by, at)
        if answer == "bounce":
            at = _due(world, case, made, at)
            yield at
            operations.look_at(made, case.id, desk=desk, now=at)
        elif answer != "open":
            yield (at := world.after(at, 0, fate))
            _answer(world, case, plan, made, answer=answer, by=by, at=at)
        if answer == "settle":
            yield (at := world.after(at, 0, fate))
            yield from _settled(world, case, plan, at)


def _send(world: World, case: Case, plan: Plan, by: Actor, at: datetime) -> UUID:
    receiver = world.staff.offices[plan.receiver.value][0]
    agreed = Agreed(
        how=HandoverConsent.SIGNED, on=world.desk.today(at), parties=tuple(case.parties)
    )
    draft = HandoverDraft(
        organisation=world.staff.ids[receiver.name],
        consent=agreed,
        reason=plan.reason,
        papers=PAPERS,
        risk=plan.risk,
    )
    told: dict[str, Any] = {"actor": by, "desk": world.desk, "now": at}
    return operations.send(case.id, draft, version=None, **told)


def _answer(
    world: World, case: Case, plan: Plan, made: UUID, *, answer: str, by: Actor, at: datetime
) -> None:
    receiver = world.staff.mediator_of(world.staff.offices[plan.receiver.value][0])
    told: dict[str, Any] = {"desk": world.desk, "now": at}
    told["version"] = disputes.version(
        case.id, actor=world.staff.actors["director"], desk=world.desk, now=at
    )
    accept: Callable[..., None] = operations.accept
    if answer in ("accept", "settle"):
        accept(case.id, made, actor=receiver, **told)
    elif answer == "withdraw":
        operations.withdraw(case.id, made, actor=by, **told)
    else:
        words = WORDS.get(answer)
        operations.give_back(case.id, made, code=answer, words=words, actor=receiver, **told)


def _settled(world: World, case: Case, plan: Plan, since: datetime) -> Life:
    """The unit that took it over comes to an agreement and closes it."""
    mediator = world.staff.mediator_of(world.staff.offices[plan.receiver.value][0])
    at = since
    for step, days, body in (
        (Step.START, 1.0, {}),
        (Step.AGREE, 4.0, {"form": AgreementForm.ORAL}),
        (Step.CLOSE, 2.0, {"outcome": Outcome.AGREED}),
    ):
        at += timedelta(days=days)
        yield at
        world.take(case, step, mediator, at, **body)


def _due(world: World, case: Case, made: UUID, at: datetime) -> datetime:
    director = world.staff.actors["director"]
    due_at = queries.one(case.id, made, actor=director, desk=world.desk, now=at).row.due_at
    assert due_at is not None  # every handover that is sent has its term
    return due_at
