"""工作台账 of the demo: rows of every register, open and ended, late, with gaps, one voided."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from config import demo_register, plan
from config.demo_register import DemoEntry
from config.plan import EvidenceKind
from config.plan_register import ColumnType, Register
from service.cli.demo import picture
from service.cli.demo.office import back
from service.cli.demo.world import Life, World
from service.operations import plan_entry as operations
from service.operations import plan_entry_file as files
from service.operations.plan_entry import EntryDraft, EntryStep
from service.operations.plan_entry_file import EvidenceDraft
from service.queries import plan_entry as queries
from service.rules.plan_entry import Taken

SEED: Final = 20261216


def lives(world: World, now: datetime) -> Iterator[Life]:
    """Every row has a life of its own."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up rows every time
    for each in demo_register.load():
        yield _life(world, each, rng, now)


def _life(world: World, each: DemoEntry, rng: Random, now: datetime) -> Life:
    desk, register = world.desk, world.desk.policy.registers[each.register]
    yield (at := back(now, each.ago, desk, rng))
    begun = desk.today(at)
    told: dict[str, Any] = {"actor": world.staff.actors["planner"], "desk": desk}
    values = _values(each, register, begun)
    later = {
        name: value for name, value in values.items() if _is_to_come(register, name, value, begun)
    }
    draft = EntryDraft(
        register=each.register,
        values={name: value for name, value in values.items() if name not in later},
        organisation=_unit(world, each),
    )
    made = operations.record(draft, now=at, **told)
    if each.void:
        version = queries.one(each.register, made, now=at, **told).version
        operations.void(each.register, made, each.void, version=version, now=at, **told)
        return
    last = begun
    for step, when in each.steps.items():
        last = max(last, begun + timedelta(days=when)) if isinstance(when, int) else last
        ago = (desk.today(now) - last).days
        if ago < 0:
            return
        yield (at := max(at + timedelta(minutes=2), back(now, ago, desk, rng)))
        if step == register.ends:
            _prove(world, each, made, at)
        on = begun + timedelta(days=when) if isinstance(when, int) else None
        said = Taken(on, when if isinstance(when, str) else None)
        version = queries.one(each.register, made, now=at, **told).version
        taken = EntryStep(step=step, said=said, values=later if step == register.ends else {})
        operations.take(each.register, made, taken, version=version, now=at, **told)


def _is_to_come(register: Register, name: str, value: object, begun: date) -> bool:
    """Whether it is a day that is written only when it has come."""
    return register.columns[name].past and str(value) > begun.isoformat()


def _values(each: DemoEntry, register: Register, begun: date) -> dict[str, object]:
    """What its columns say: days counted from the first one, the year put in."""
    found: dict[str, object] = {register.starts: begun.isoformat()}
    for name, value in each.values.items():
        kind = register.columns[name].type
        if kind is ColumnType.DATE and isinstance(value, int):
            found[name] = (begun + timedelta(days=value)).isoformat()
        elif isinstance(value, str):
            found[name] = value.format(year=begun.year, number=begun.year, before=begun.year - 1)
        else:
            found[name] = value
    return found


def _prove(world: World, each: DemoEntry, entry_id: UUID, at: datetime) -> None:
    """What shows that it was done, uploaded before the last step."""
    told: dict[str, Any] = {"actor": world.staff.actors["planner"], "desk": world.desk}
    for kind in each.files:
        word = plan.WORDS[EvidenceKind][kind]
        draft = EvidenceDraft(
            name=f"{word}.docx",
            content=picture.document([word, "演示材料，内容是编的"]),
            kind=kind,
            about=f"办结时的{word}",
            public=kind is EvidenceKind.PUBLICATION,
        )
        with files.taken_in(each.register, entry_id, draft, store=world.store, **told) as stored:
            files.add(each.register, entry_id, stored, draft, now=at, **told)


def _unit(world: World, each: DemoEntry) -> UUID:
    return world.staff.ids[world.staff.offices[each.unit.value][0].name]
