"""What of a dispute is masked for its viewer, and where one field of it may be shown 脱敏查看."""

from typing import Final
from uuid import UUID

from flask import url_for

from config.vocabulary import PartyKind
from config.words import label
from service.queries.dispute import DisputeView, Opened
from service.queries.party import PartyView
from service.rules import reveal as rules
from service.rules.reveal import Person

CALLED: Final = {
    "name": "姓名或名称",
    "id_number": "证件号码",
    "phone": "电话",
    "address": "住址",
    rules.PLACE: "详细地点",
    rules.INTERPRETER: "翻译",
}


def urls(opened: Opened) -> dict[str, str]:
    """Where each field that is masked for the viewer may be shown, by the field's path."""
    if "dispute.reveal" not in opened.may:
        return {}
    view = opened.view
    found = [
        f"parties.{place}.{name}"
        for place, each in enumerate(view.parties)
        for name in _masked(each, clear=view.clear)
    ]
    if not view.clear:
        found += [rules.INTERPRETER] if view.interpreter else []
    return {path: _url(view.id, path) for path in found}


def called(field: str, view: DisputeView) -> str:
    """What a field is called: 申请人 张** 的电话; Invalid at `field` when there is none such."""
    people = [Person(str(each.id), each.role) for each in view.parties]
    target = rules.target(field, people)
    if target.place is None:
        return CALLED[target.name]
    party = view.parties[target.place]
    return f"{label(party.role)} {party.name} 的{CALLED[target.name]}"


def _masked(party: PartyView, *, clear: bool) -> list[str]:
    """ID numbers are masked for everybody, the rest for who does not mediate it."""
    names = ["id_number"] if clear else list(rules.OF_PARTY)
    if party.kind is PartyKind.ORGANISATION and "name" in names:
        names.remove("name")
    return [name for name in names if getattr(party, name)]


def _url(dispute_id: UUID, field: str) -> str:
    return url_for("reveal.ask", dispute_id=dispute_id, field=field)
