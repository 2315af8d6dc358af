"""The ground: who asks, what they ask about, two towns beside each other."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from config.settings import Settings
from config.vocabulary import OrganisationKind
from models import Organisation, transaction
from service.gateways.attachment import Store
from service.operations import organisation as organisations
from service.operations.organisation import OrganisationDraft
from service.rules.access import Actor
from tests.factories.office import Office
from tests.factories.person import mobile, resident_id

NOW: Final = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)  # a Wednesday morning; everybody asks then
EARLIER: Final = NOW - timedelta(days=2)  # beyond the 24 hours of who registered
TODAY: Final = date(2026, 11, 4)
RARE: Final = [chr(point) for point in range(0x4E80, 0x4FA0)]  # no text of ours is written so
K = OrganisationKind


@dataclass(frozen=True)
class Subject:
    """Somebody who asks: a person with a session, a program with a token, or nobody at all."""

    name: str
    actor: Actor | None
    secret: str = ""

    @property
    def is_program(self) -> bool:
        """Whether it comes with a token, which opens no page."""
        return self.actor is not None and self.actor.only is not None


@dataclass(frozen=True)
class Thing:
    """Something an address names, and what stands in it and nowhere else.

    `noun` is the name of the address' part; `values` are its parts' ids by their names. `at` is
    its organisation, `owner` whose it is; what hangs on a dispute names it with `dispute`.
    """

    noun: str
    relation: str
    id: UUID | str
    canaries: Mapping[str, str] = field(default_factory=dict)
    at: UUID | None = None
    owner: UUID | None = None
    dispute: UUID | None = None
    parts: dict[str, UUID] = field(default_factory=dict)
    number: str = ""

    @property
    def uuid(self) -> UUID:
        """Its id, which is no key of a form."""
        assert isinstance(self.id, UUID)
        return self.id


@dataclass
class World:
    """One office with a second town beside it, and everything that is in them."""

    office: Office
    seed: int
    subjects: list[Subject] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    dice: random.Random = field(default_factory=random.Random)
    people: int = 0

    def of(self, noun: str) -> list[Thing]:
        """All there is of a noun."""
        return [each for each in self.things if each.noun == noun]

    def disputes(self) -> Iterator[Thing]:
        """The disputes."""
        yield from self.of("dispute_id")

    def word(self, length: int = 6) -> str:
        """Something that stands nowhere else."""
        return "".join(self.dice.choice(RARE) for _ in range(length))

    def person(self) -> dict[str, str]:
        """Somebody nobody else is."""
        self.people += 1
        return {
            "name": self.word(4),
            "id_number": resident_id(self.people),
            "phone": mobile(self.people),
            "address": self.word(8),
        }

    @property
    def store(self) -> Store:
        """Where the attachments lie."""
        settings: Settings = self.office.app.extensions["settings"]
        return Store(settings.data_dir / "attachments")


def two_towns(world: World) -> None:
    """The office's units under one town government, and another town with two units of its own."""
    units = world.office.units

    def unit(key: str, kind: K, name: str, parent: str | None) -> None:
        made = OrganisationDraft(kind=kind, name=name, parent=units[parent] if parent else None)
        units[key] = organisations.create(made, actor=None, now=EARLIER)

    unit("town", K.TOWN_GOVERNMENT, "柳溪镇人民政府", None)
    with transaction() as session:
        for key in ("centre", "committee", "station", "justice"):
            session.get_one(Organisation, units[key]).parent_id = units["town"]
    unit("north", K.TOWN_GOVERNMENT, "北河镇人民政府", None)
    unit("north-centre", K.GOVERNANCE_CENTRE, "北河镇综治中心", "north")
    unit("north-committee", K.PEOPLE_MEDIATION_COMMITTEE, "北河镇人民调解委员会", "north")
