"""A small made-up office for tests: units and people, made by the operations themselves."""

from dataclasses import astuple, dataclass, field, replace
from uuid import UUID

from flask import Flask

from config.vocabulary import OrganisationKind, Role
from service.desk import Desk
from service.operations import organisation as organisations
from service.operations import user as users
from service.operations.base import together
from service.operations.organisation import OrganisationDraft
from service.operations.user import UserDraft
from service.queries.user import by_username
from service.rules.access import Actor
from tests.factories.again import again
from tests.factories.moment import MONDAY_9AM

K = OrganisationKind
PASSWORD = "Liuxi-Zhen-2026"
UNITS = {
    "centre": (K.GOVERNANCE_CENTRE, "柳溪镇综治中心", "LXZ"),
    "committee": (K.PEOPLE_MEDIATION_COMMITTEE, "柳溪镇人民调解委员会", None),
    "station": (K.POLICE_STATION, "柳溪派出所", None),
    "justice": (K.JUSTICE_OFFICE, "柳溪司法所", None),
}


@dataclass(frozen=True)
class Office:
    """Four units; people come when they are first asked for."""

    app: Flask
    desk: Desk
    units: dict[str, UUID]
    people: dict[str, Actor] = field(default_factory=dict)

    def actor(
        self, role: Role, unit: str = "centre", *, name: str = "", password: str | None = None
    ) -> Actor:
        """The one who has `role` at `unit`, with all the more of them by `name`."""
        username = f"{role.value}-{unit}{'-' if name else ''}{name}"
        if username not in self.people:
            self.people[username] = self._hire(username, {role}, unit, password)
        return self.people[username]

    def somebody(self, username: str, roles: set[Role], unit: str = "centre") -> Actor:
        """Somebody with several roles."""
        return self._hire(username, roles, unit, None)

    def _hire(self, username: str, roles: set[Role], unit: str, password: str | None) -> Actor:
        draft = UserDraft(
            username=username,
            name=f"甲{len(self.people)}",
            organisation=self.units[unit],
            roles=roles,
            password=password,
        )

        def hire() -> Actor:
            users.create(draft, actor=None, desk=self.desk, now=MONDAY_9AM)
            made = by_username(username)
            assert made is not None
            return made

        return again(self.app, hire, *astuple(replace(draft, roles=frozenset(roles))))

    @property
    def window(self) -> Actor:
        """The clerk at the window of the centre."""
        return self.actor(Role.WINDOW)

    @property
    def director(self) -> Actor:
        """The director of the centre."""
        return self.actor(Role.DIRECTOR)

    @property
    def leader(self) -> Actor:
        """A leader of the town."""
        return self.actor(Role.LEADER)

    @property
    def mediator(self) -> Actor:
        """The mediator of the committee."""
        return self.actor(Role.MEDIATOR, "committee")

    @property
    def liaison(self) -> Actor:
        """The liaison of the committee."""
        return self.actor(Role.LIAISON, "committee")


def opened(app: Flask) -> Office:
    """An office in a fresh database."""

    def open_all() -> dict[str, UUID]:
        with together():
            return {
                key: organisations.create(
                    OrganisationDraft(kind=kind, name=name, prefix=prefix),
                    actor=None,
                    now=MONDAY_9AM,
                )
                for key, (kind, name, prefix) in UNITS.items()
            }

    return Office(app, app.extensions["fengqiao"], dict(again(app, open_all, "office")))
