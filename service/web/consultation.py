"""咨询 as a row of a table, in the list and among what was found."""

from typing import Any

from flask import url_for

from config.words import label
from service.desk import Desk
from service.queries.consultation import ConsultationRow
from service.web import show
from service.web.route import kinds


def row(each: ConsultationRow, desk: Desk) -> dict[str, Any]:
    """One consultation as consultation/table.html shows it; it names nobody who asked."""
    return {
        "url": url_for("consultation.detail", consultation_id=each.id),
        "number": each.number,
        "asked_text": show.moment(each.asked_at, desk.zone),
        "source_label": label(each.source),
        "category_label": show.category(each.category, desk.policy) if each.category else "",
        "question": each.question,
        "guided_text": "、".join(kinds(each.guided_to)),
        "organisation": each.organisation.name,
        "registered_by": each.registered_by,
        "became": each.became_dispute,
    }
