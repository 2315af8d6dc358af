"""Consultations for tests, recorded by the operation; inside an app context."""

from datetime import datetime
from typing import Any
from uuid import UUID

from config.vocabulary import OrganisationKind, Source
from service.operations import consultation as operations
from service.operations.consultation import Asked
from service.rules.access import Actor
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

QUESTION = "房东不退押金，可以找谁？"
ANSWER = "先找房东要，说不通可以到司法所问"


def question(**changes: Any) -> Asked:
    """A tenant's question; what is named is otherwise."""
    told: dict[str, Any] = {
        "question": QUESTION,
        "answer": ANSWER,
        "source": Source.WALK_IN,
        "category": "housing",
        "name": "赵小满",
        "phone": "19900000001",
        "village": "东街村",
        "guided_to": [OrganisationKind.JUSTICE_OFFICE],
    }
    return Asked(**told | changes)


def asked(
    office: Office, *, actor: Actor | None = None, now: datetime = MONDAY_9AM, **changes: Any
) -> UUID:
    """A consultation that the window, or somebody else, has just recorded."""
    clerk = actor or office.window
    return operations.record(question(**changes), actor=clerk, desk=office.desk, now=now)
