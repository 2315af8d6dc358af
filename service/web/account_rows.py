"""Rows of a form, a person and their account 账户 in each, as the set-up asks for them."""

import re
from typing import Final

from flask import request

from config.vocabulary import STAFF, Role
from service.errors import Invalid
from service.operations.user import UserDraft
from service.queries import organisation as organisations

ROWS: Final = 6
MORE: Final = 5
MOST: Final = 60
ROW: Final = re.compile(r"rows\.([0-9]{1,2})\.(name|username|role|organisation)")


def count() -> int:
    """How many rows the posted form has."""
    places = [int(found[1]) for name in request.form if (found := ROW.fullmatch(name))]
    return min(max(places, default=ROWS - 1) + 1, MOST)


def filled() -> dict[int, dict[str, str]]:
    """The rows in which a name or a username stands, by their place in the form."""
    rows: dict[int, dict[str, str]] = {}
    for name, text in request.form.items():
        if found := ROW.fullmatch(name):
            rows.setdefault(int(found[1]), {})[found[2]] = " ".join(text.split())
    return {
        place: row for place, row in sorted(rows.items()) if row.get("name") or row.get("username")
    }


def drafts(rows: dict[int, dict[str, str]]) -> list[UserDraft]:
    """The account each row asks for; Invalid at the row that does not tell its post or unit."""
    problems: dict[str, list[str]] = {}
    found = []
    by_id = {str(each.id): each.id for each in organisations.active()}
    for place, row in rows.items():
        unit, role = by_id.get(row.get("organisation", "")), row.get("role", "")
        if unit is None:
            problems[f"rows.{place}.organisation"] = ["请选择单位"]
        if role not in set(STAFF):
            problems[f"rows.{place}.role"] = ["请选择角色"]
        if unit is None or role not in set(STAFF):
            continue
        found.append(
            UserDraft(
                username=row.get("username", ""),
                name=row.get("name", "")[:80],
                organisation=unit,
                roles=[Role(role)],
            )
        )
    if problems:
        raise Invalid(problems)
    return found


def at_rows(fields: dict[str, list[str]], places: list[int]) -> dict[str, list[str]]:
    """Errors by place in the list, at the rows of the form."""
    told = {}
    for path, said in fields.items():
        _, place, field = path.split(".")
        name = "role" if field == "roles" else field
        told[f"rows.{places[int(place)]}.{name}"] = said
    return told
