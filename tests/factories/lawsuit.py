"""The torn-down sheepfold (L1): a case of the station, told day by day."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from config.lawsuit import DutySource
from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStep,
    Role,
)
from service.operations import duty, hearing
from service.operations import lawsuit as operations
from service.operations.lawsuit import LawsuitDraft
from tests.factories.office import Office

SERVED_ON = date(2026, 10, 26)
HEARD_ON = date(2026, 11, 20)
DUE_ON = date(2026, 12, 20)


def at(day: int, month: int = 11) -> datetime:
    """Ten in the morning of a day of 2026."""
    return datetime(2026, month, day, 2, 0, tzinfo=UTC)


def sheepfold(office: Office) -> UUID:
    """Served 10-26, answered 11-09, heard 11-20 with the deputy head, lost 12-01, served 12-03."""
    who: dict[str, Any] = {"actor": office.actor(Role.LEGAL), "desk": office.desk}
    draft = LawsuitDraft(
        procedure=LawsuitProcedure.LITIGATION,
        instance=LawsuitInstance.FIRST,
        court="柳溪旗人民法院",
        case_number="（2026）内9999行初9007号",
        cause="行政强制",
        act="强制拆除羊圈",
        plaintiffs=["乌云其木格"],
        organisation=office.units["station"],
        served_on=SERVED_ON,
        must_attend=["public_attention", "mass"],
    )
    with office.app.app_context():
        made = operations.record(draft, now=at(27, 10), **who)
        plan: dict[str, Any] = {"head": "白音", "title": "副镇长", "must_attend": []}
        hearing.plan(made, planned_on=HEARD_ON, now=at(5), **plan, **who)
        came = {"attended": True, "name": "白音", "title": "副镇长"}
        steps: tuple[tuple[LawsuitStep, dict[str, Any], datetime], ...] = (
            (LawsuitStep.ANSWER, {"answered_on": date(2026, 11, 9)}, at(9)),
            (
                LawsuitStep.HEAR,
                {"held_on": HEARD_ON, "head": came, "lawyer_only": False},
                at(20),
            ),
            (
                LawsuitStep.DECIDE,
                {
                    "decided_on": date(2026, 12, 1),
                    "served_on": date(2026, 12, 3),
                    "outcome": LawsuitOutcome.CONFIRMED_ILLEGAL,
                },
                at(4, 12),
            ),
        )
        for place, (step, body, now) in enumerate(steps, 2):
            operations.take(made, step, body, version=place, now=now, **who)
        told: dict[str, Any] = {"source": DutySource.JUDGMENT, "words": "赔偿羊圈"}
        duty.impose(made, organisation=None, due_on=DUE_ON, now=at(4, 12), **told, **who)
    return made
