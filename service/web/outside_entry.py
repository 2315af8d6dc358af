"""The numbers others keep a dispute under, as its pages show and ask them."""

from dataclasses import replace
from typing import Any, Final

from flask import url_for

from config.vocabulary import OutsideSystem
from config.words import label, labels
from service.queries import outside_entry as queries
from service.queries.dispute import DisputeView, Opened
from service.queries.outside_entry import EntryView
from service.web import form as forms
from service.web import show
from service.web.door import desk, now
from service.web.form import Form

ANOTHER: Final = ("false", "那边另有一个编号，原来的也留")


def section(opened: Opened, form: Form | None = None) -> dict[str, Any]:
    """What components/outside_entries.html draws of a dispute, on its page and on its own."""
    view, may_enter = opened.view, "dispute.outside_entry" in opened.may
    entries = [] if view.sealed else queries.of_opened(view.id)
    today = desk().today(now()).isoformat()
    shown = form or Form()
    return {
        "rows": [_row(each, view) for each in entries],
        "source_reference": view.source_reference,
        "may_enter": may_enter,
        "form": replace(shown, values={"entered_on": today, **shown.values}),
        "fields": _fields(form, entries, today) if may_enter else [],
        "post_url": url_for("outside_entry.enter", dispute_id=view.id),
        "page_url": url_for("outside_entry.listed", dispute_id=view.id),
        "missing_url": url_for("outside_entry.missing") if may_enter else None,
    }


def _row(entry: EntryView, view: DisputeView) -> dict[str, Any]:
    today = desk().today(now())
    return {
        "id": entry.id,
        "system_label": label(entry.system),
        "number": entry.number,
        "entered_text": show.day(entry.entered_on, year=today.year),
        "by": entry.entered_by,
        "withdraw_url": url_for("outside_entry.withdraw", dispute_id=view.id, entry_id=entry.id),
    }


def read(raw: dict[str, Any]) -> dict[str, Any]:
    """What the form says, as `OutsideEntryIn` takes it: one choice is the entry it corrects."""
    chosen = raw.get("correction")
    if chosen is None or chosen in forms.TRUTH:
        return raw if chosen is None else raw | {"correction": forms.TRUTH[chosen]}
    return raw | {"correction": True, "corrects": chosen}


def in_one(errors: dict[str, list[str]]) -> dict[str, list[str]]:
    """What is wrong with which entry is corrected stands at the choice that says so."""
    return {"correction" if name == "corrects" else name: said for name, said in errors.items()}


def _fields(form: Form | None, entries: list[EntryView], today: str) -> list[dict[str, Any]]:
    """What is asked; what a second number is, only of who has typed one."""
    systems = [("", "请选择"), *labels(OutsideSystem).items()]
    asked = form is not None and ("correction" in form.errors or "correction" in form.values)
    system = form.values.get("system") if form else None
    there = [each for each in entries if each.system == system]
    wrong = [(str(each.id), f"更正：原来的 {each.number} 写错了，换成新的") for each in there]
    known = "、".join(each.number for each in there)
    called = f"已有 {known}，这个新编号是" if known else "这个新编号是"
    second = forms.described(
        "correction", called, "radio", options=[*wrong, ANOTHER], required=True
    )
    return [
        forms.described("system", "系统", "select", options=systems, required=True),
        forms.described("number", "那边的编号", required=True, maxlength=100),
        *([second] if asked else []),
        forms.described("entered_on", "登记日期", "date", required=True, attrs={"max": today}),
    ]
