"""咨询 as a row of a table: in the list, among what was found, behind a figure."""

from typing import Any

from flask import url_for

from config.words import label
from service.queries.consultation import ConsultationRow
from service.queries.metric.consultation import BriefConsultation
from service.web import show
from service.web.door import desk
from service.web.route import kinds


def row(each: ConsultationRow) -> dict[str, Any]:
    """One consultation as consultation/table.html shows it; it names nobody who asked."""
    return {
        "url": url_for("consultation.detail", consultation_id=each.id),
        "number": each.number,
        "asked_text": show.moment(each.asked_at, desk().zone),
        "source_label": label(each.source),
        "category_label": show.category(each.category, desk().policy) if each.category else "",
        "question": each.question,
        "guided_text": "、".join(kinds(each.guided_to)),
        "organisation": each.organisation.name,
        "registered_by": each.registered_by,
        "became": each.became_dispute,
    }


def brief(each: BriefConsultation) -> dict[str, Any]:
    """A consultation behind a figure; no word of it, and it opens for nobody."""
    policy = desk().policy
    return {
        "url": None,
        "number": each.number,
        "asked_text": show.long_day(each.asked_on),
        "source_label": label(each.source),
        "category_label": show.category(each.category, policy) if each.category else "",
        "question": "",
        "guided_text": "",
        "organisation": each.organisation,
        "registered_by": "",
        "became": False,
    }
