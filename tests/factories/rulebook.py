"""Versions of the routing rules for tests: drafts of the office, by whom, and published ones."""

from datetime import date, datetime

from config import routing
from config.vocabulary import Role
from service.operations import rulebook as operations
from service.operations.rulebook import Change
from service.queries import rulebook as queries
from service.rules.access import Actor
from tests.factories.moment import MONDAY_9AM, MONDAY_10AM
from tests.factories.office import Office

SHIPPED = routing.load().text
TUESDAY = date(2026, 11, 3)
WEDNESDAY = date(2026, 11, 4)
# 债务 goes to a law firm instead of the committee
FIRM = ('lead = "people_mediation_committee"', 'lead = "law_firm"')


def changed(rule_id: str, *changes: tuple[str, str], text: str = SHIPPED) -> str:
    """The text with some words of one rule replaced; each stands there once."""
    begin = text.index(f'[[rule]]\nid = "{rule_id}"\n')
    end = text.find("\n[[", begin + 1)
    rule = text[begin:end]
    for old, new in changes:
        assert rule.count(old) == 1, (rule_id, old)
        rule = rule.replace(old, new)
    return text[:begin] + rule + text[end:]


def second_director(office: Office) -> Actor:
    """Who publishes what the director wrote."""
    return office.actor(Role.DIRECTOR, name="b")


def drafted(office: Office, content: str | None = None) -> int:
    """A draft the director wrote."""
    return operations.draft(
        Change(content=content), actor=office.director, desk=office.desk, now=MONDAY_9AM
    )


def published(
    office: Office, content: str, from_on: date = TUESDAY, *, at: datetime = MONDAY_10AM
) -> int:
    """A version that is in force from a day on."""
    number = drafted(office, content)
    version = queries.one(number, office.desk.policy.rulebook).version
    operations.publish(
        number,
        from_on,
        version=version,
        actor=second_director(office),
        desk=office.desk,
        now=at,
    )
    return number
