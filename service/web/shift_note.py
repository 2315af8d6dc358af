"""A handover 交接班 as pages show it: who, when, the counts frozen with it, the words."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from flask import url_for

from service.queries.shift_note import NoteView
from service.web import show
from service.web.door import desk

COUNTS: Final = {
    "urgent": "有人身危险、还在办",
    "undispatched": "今天登记、还没分派",
    "earlier": "以前登记、还没分派",
    "materials": "等补交材料",
    "consultations": "今天的咨询",
    "drafts": "我没登记完的草稿",
}


def told(view: NoteView) -> dict[str, Any]:
    """A note as pages show it: who, when, the counts frozen with it, the words."""
    zone = desk().zone
    return {
        "unit": view.organisation,
        "day_text": show.long_day(view.written_on),
        "written_text": show.moment(view.written_at, zone),
        "written_by": view.written_by,
        "words": view.words,
        "counts": counted(view.counts, view.numbers, at_least=view.at_least),
        "taken_by": view.taken_by,
        "taken_text": show.moment(view.taken_at, zone) if view.taken_at else "",
        "url": url_for("shift_note.detail", note_id=view.id),
    }


def counted(
    counts: Mapping[str, int],
    numbers: Mapping[str, Sequence[str]] = MappingProxyType({}),
    *,
    at_least: Collection[str] = (),
) -> list[dict[str, Any]]:
    """The counts in words, those that were taken, each with the first `numbers` behind it.

    Of those in `at_least` a plus says that there may be more.
    """
    return [
        {
            "label": text,
            "value": amount(counts[name], more=name in at_least),
            "numbers": list(numbers.get(name, ())),
            "more": counts[name] - len(numbers.get(name, ())) if name in numbers else 0,
        }
        for name, text in COUNTS.items()
        if name in counts
    ]


def amount(count: int, *, more: bool) -> str:
    """A count as it is shown, with a plus when there may be more."""
    return f"{count}+" if more else str(count)
