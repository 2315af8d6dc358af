"""The yearly plan 年度计划 of the demo: read in, approved, worked on, told of every month."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from config import demo_plan
from config.demo_plan import DemoMilestone, DemoProof, DemoTask
from config.plan import EvidenceKind
from service.cli.demo import picture
from service.cli.demo.office import back
from service.cli.demo.world import Life, World
from service.operations import plan as plans
from service.operations import plan_dependence as dependences
from service.operations import plan_evidence as evidence
from service.operations import plan_import as imports
from service.operations import plan_milestone as milestones
from service.operations import plan_month as months
from service.operations import plan_report as reports
from service.operations import plan_task as tasks
from service.operations.plan_dependence import DependenceDraft
from service.operations.plan_evidence import EvidenceDraft
from service.operations.plan_import import Source
from service.operations.plan_milestone import MilestoneDraft
from service.queries import plan as plan_queries
from service.queries import plan_import as import_queries
from service.queries import plan_task as task_queries
from service.rules.plan_report import ReportPeriod

SEED: Final = 20261219
SENDER: Final = "plan@demo.invalid"
Act = tuple[datetime, Callable[[datetime], None]]


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life: the plan's year, deed by deed."""
    yield _life(world, Random(SEED), now)  # noqa: S311 -- the same made-up days every time


def _life(world: World, rng: Random, now: datetime) -> Life:
    year = _Year(world, rng, now)
    yield year.at(0.0)
    year.bring_in(year.at(0.0))
    acts = sorted(year.acts(), key=lambda act: act[0])
    for at, act in acts:
        yield at
        act(at)


class _Year:
    """The plan's year so far: what was done at which part of it."""

    def __init__(self, world: World, rng: Random, now: datetime) -> None:
        self.world, self.rng, self.now = world, rng, now
        self.desk = world.desk
        self.today = self.desk.today(now)
        self.first = date(self.today.year, 1, 1)
        self.number = self.today.year

    def at(self, part: float) -> datetime:
        """A minute of office hours at a part of the year gone by; always the same one."""
        ago = (self.today - self.day(part)).days
        return back(self.now, ago, self.desk, Random(f"{SEED}:{part}"))  # noqa: S311 -- made-up

    def day(self, part: float) -> date:
        """The day at a part of the year gone by."""
        return self.first + timedelta(days=int(part * (self.today - self.first).days))

    def told(self, at: datetime, who: str = "planner") -> dict[str, Any]:
        """Who acts when."""
        return {"actor": self.world.staff.actors[who], "desk": self.desk, "now": at}

    def bring_in(self, at: datetime) -> None:
        """The text is read in by one and approved by another; milestones and waits are set."""
        told = self.told(at)
        name = f"{self.number}年工作计划.txt"
        source = Source(self.number, name, demo_plan.text(self.number).encode())
        made = imports.make(source, **told)
        version = import_queries.one(made, actor=told["actor"], desk=self.desk).row.version
        imports.take(made, version=version, **told)
        version = plan_queries.one(self.number, **self.told(at, "leader")).version
        plans.approve(self.number, version=version, **self.told(at, "leader"))

    def acts(self) -> Iterator[Act]:
        """Everything that is done, each at its time."""
        for task in demo_plan.load():
            yield from self._of_task(task)
        for month in range(2, self.today.month + 1):
            first = date(self.number, month, 1)
            ago = (self.today - first).days
            yield back(self.now, ago, self.desk, self.rng), self._month(month)
        yield self.now - timedelta(minutes=3), self._report

    def _of_task(self, task: DemoTask) -> Iterator[Act]:
        for each in task.milestones:
            yield from self._of_milestone(task, each)
        for wait in task.waits:
            draft = DependenceDraft(
                title=wait.title,
                issuer=wait.issuer,
                expected_on=min(self.today + timedelta(days=wait.days), self._last()),
            )
            yield self.at(wait.part), self._wait(task, draft)
        for note in task.notes:
            yield self.at(note.part), self._note(task, note.text)
        for proof in task.proofs:
            yield self.at(proof.part), self._prove(task, proof)
        if task.finish is not None:
            yield self.at(task.finish), self._finish(task)

    def _of_milestone(self, task: DemoTask, each: DemoMilestone) -> Iterator[Act]:
        due_on = (
            self.day(each.part)
            if each.part is not None
            else min(self.today + timedelta(days=each.days or 0), self._last())
        )
        found: list[Any] = []

        def put(at: datetime) -> None:
            draft = MilestoneDraft(name=each.name, due_on=due_on)
            found.append(milestones.add(self.number, task.number, draft, **self.told(at)))

        def reach(at: datetime) -> None:
            milestones.finish(
                self.number,
                task.number,
                found[0],
                self.desk.today(at),
                version=self._version(task, at),
                **self.told(at),
            )

        yield self.at(0.02), put
        if each.done is not None:
            yield self.at(each.done), reach

    def _wait(self, task: DemoTask, draft: DependenceDraft) -> Callable[[datetime], None]:
        return lambda at: void(dependences.add(self.number, task.number, draft, **self.told(at)))

    def _note(self, task: DemoTask, text: str) -> Callable[[datetime], None]:
        return lambda at: void(tasks.note(self.number, task.number, text, **self.told(at)))

    def _prove(self, task: DemoTask, proof: DemoProof) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            suffix, content = _file(proof.kind, self.rng)
            draft = EvidenceDraft(
                name=f"{proof.about}.{suffix}",
                content=content,
                kind=proof.kind,
                about=proof.about,
                public=proof.public,
                published_on=self.desk.today(at) if proof.public else None,
                published_at=proof.where,
            )
            told = self.told(at)
            who = {"actor": told["actor"], "desk": self.desk}
            with evidence.taken_in(
                self.number, task.number, draft, store=self.world.store, **who
            ) as stored:
                evidence.add(self.number, task.number, stored, draft, **told)

        return act

    def _finish(self, task: DemoTask) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            done_on, version = self.desk.today(at), self._version(task, at)
            tasks.finish(self.number, task.number, done_on, version=version, **self.told(at))

        return act

    def _month(self, month: int) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            period = ReportPeriod.month(self.number, month)
            months.remind(period, sender=SENDER, desk=self.desk, now=at)
            if month % 3 == 1:
                before = ReportPeriod.quarter_before(self.desk.today(at))
                months.review(before, sender=SENDER, desk=self.desk, now=at)

        return act

    def _report(self, at: datetime) -> None:
        reports.prepare(self.number, **self.told(at))

    def _version(self, task: DemoTask, at: datetime) -> int:
        told = self.told(at)
        return task_queries.one(self.number, task.number, **told).version

    def _last(self) -> date:
        return date(self.number, 12, 31)


def void(_made: object) -> None:
    """What was made is of no use here."""


def _file(kind: EvidenceKind, rng: Random) -> tuple[str, bytes]:
    """A photograph where one shows something, else a page of writing."""
    return ("jpg", picture.photo(rng)) if kind is EvidenceKind.PHOTO else ("pdf", picture.scan(rng))
