"""Joint handling 联调 of the demo: asked, answered, late, refused, let off, over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final
from uuid import UUID

from config.vocabulary import AgreementForm, OrganisationKind, Outcome, Step
from service.cli.demo.intake import register, story_of
from service.cli.demo.office import back
from service.cli.demo.world import Case, Fate, Life, World, dispatch
from service.operations import joint_task as operations
from service.operations.joint_task import TaskDraft

K = OrganisationKind
SEED: Final = 20261126
OPINION: Final = "看过承包合同和二轮承包底册，界线以底册所附的图为准，可以按图恢复"
REFUSAL: Final = "院墙审批不归我们管，请问自然资源所"
REASON: Final = "双方已经自行测量认可，不用再等鉴定"


@dataclass(frozen=True, slots=True)
class Plan:
    """One dispute others work along on: what each unit is asked, and what becomes of it.

    `ways` of the tasks in their order: open, done, refused, waived. Answers are the liaison's own.
    """

    category: str
    ago: int
    tasks: tuple[tuple[OrganisationKind | None, str], ...]  # None: the unit of the liaison
    ways: tuple[str, ...]
    closes: bool = False


PLANS: Final = (
    Plan(
        "land_contract",
        20,
        ((None, "请看两家的承包合同，对界线出一份书面意见"),),
        ("done",),
        closes=True,
    ),
    Plan(
        "neighbour",
        12,
        (
            (None, "请说明院墙审批时的位置"),
            (K.NATURAL_RESOURCES, "请测量院墙占了多少"),
        ),
        ("refused", "waived"),
    ),
    Plan(
        "debt",
        11,
        ((K.LAW_FIRM, "请看借条的效力，写一份法律意见"),),
        ("open",),
    ),
    Plan(
        "tort",
        2,
        (
            (None, "请说明以前有没有调解过、怎么说的"),
            (K.LAW_FIRM, "请算一下误工费和医疗费该赔多少"),
        ),
        ("open", "open"),
    ),
)


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life for each plan."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    for plan in PLANS:
        yield _together(world, plan, rng, now)


def _together(world: World, plan: Plan, rng: Random, now: datetime) -> Life:
    """Registered, mediated by the committee, others asked along, and what they say."""
    fate, staff = Fate(quick=True), world.staff
    yield (at := back(now, plan.ago, world.desk, rng))
    case = register(world, story_of(world, plan.category), at, card=True)
    lead = staff.offices[K.PEOPLE_MEDIATION_COMMITTEE.value][0]
    mediator = staff.mediator_of(lead)
    yield (at := world.after(at, 0, fate))
    dispatch(world, case, lead, at, mediator=mediator.user_id)
    for step in (Step.ACCEPT, Step.START):
        yield (at := world.after(at, 0, fate))
        world.take(case, step, mediator, at)
    yield (at := world.after(at, 0, fate))
    told: dict[str, Any] = {"desk": world.desk, "now": at}
    drafts = [TaskDraft(organisation=_unit(world, kind), words=words) for kind, words in plan.tasks]
    made = operations.start(case.id, drafts, actor=staff.actors["director"], **told)
    for task, way in zip(made, plan.ways, strict=True):
        if way != "open":
            yield (at := world.after(at, 0, fate))
            _settled(world, case, task, way, at)
    if plan.closes:
        for step, body in (
            (Step.AGREE, {"form": AgreementForm.ORAL}),
            (Step.CLOSE, {"outcome": Outcome.AGREED}),
        ):
            yield (at := world.after(at, 0, fate))
            world.take(case, step, mediator, at, **body)


def _unit(world: World, kind: OrganisationKind | None) -> UUID:
    """A unit of a kind, or the one whose liaison has an account."""
    staff = world.staff
    if kind is None:
        return staff.actors["liaison"].organisation_id
    return staff.ids[staff.offices[kind.value][0].name]


def _settled(world: World, case: Case, task: UUID, way: str, at: datetime) -> None:
    told: dict[str, Any] = {"desk": world.desk, "now": at}
    if way == "waived":
        operations.waive(case.id, task, REASON, actor=world.staff.actors["director"], **told)
        return
    words = REFUSAL if way == "refused" else OPINION
    liaison = world.staff.actors["liaison"]
    operations.answer(case.id, task, words, refuses=way == "refused", actor=liaison, **told)
