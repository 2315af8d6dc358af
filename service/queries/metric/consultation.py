"""The figure of consultations 咨询; what became a dispute is counted as one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from config.vocabulary import Source
from models import Consultation
from service.queries.metric.group import by_category, by_unit, by_word
from service.queries.metric.measure import Measure, Rows, filled, unit_name, within


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefConsultation:
    """One consultation behind a figure: number, day, category, source, unit; no word of it."""

    id: UUID
    number: str
    asked_on: date
    source: Source
    category: str | None
    organisation: str
    counted: bool


def _brief(row: Any, _: date) -> BriefConsultation:
    return filled(BriefConsultation, row)


CONSULTATIONS: Final = Rows(
    source=Consultation,
    id=Consultation.id,
    brief=(
        Consultation.id,
        Consultation.number,
        Consultation.asked_on,
        Consultation.source,
        Consultation.category,
        unit_name(Consultation.organisation_id).label("organisation"),
    ),
    make=_brief,
    groups=MappingProxyType(
        {
            "category": by_category(Consultation.category),
            "source": by_word(Consultation.source, Source),
            "organisation": by_unit(Consultation.organisation_id),
        }
    ),
    unit=Consultation.organisation_id,
)
MEASURES: Final[Mapping[str, Measure]] = MappingProxyType(
    {
        "consultations": Measure(
            rows=CONSULTATIONS,
            when=within(Consultation.asked_on, Consultation.dispute_id.is_(None)),
            day=Consultation.asked_on,
        )
    }
)
