"""A rule's form, saved as it is shown, leaves the rule as it was."""

from dataclasses import replace
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from config import routing, routing_text
from config.condition import All
from service.errors import Invalid
from service.rules import rule as rules
from service.web import rule_form
from tests.factories.rulebook import SHIPPED

TABLE = routing_text.read(SHIPPED)


def posted(values: dict[str, Any]) -> MultiDict[str, str]:
    """The form as a browser sends it."""
    pairs = [
        (name, text)
        for name, value in values.items()
        for text in (value if isinstance(value, list) else [value])
    ]
    return MultiDict(pairs)


def parsed(rows: list[dict[str, Any]]) -> list[routing.Rule]:
    rulebook = routing.parse(routing_text.written({**TABLE, "rule": rows}))
    return [replace(rule, when=All(())) for rule in rulebook.rules]


def test_saving_a_rule_untouched_changes_nothing() -> None:
    rows = rules.rows(TABLE)
    saved = [rule_form.row(posted(rule_form.values(row)), row) for row in rows]
    assert parsed(saved) == parsed(rows)  # conditions: tests/rules/test_rule.py


def test_what_was_typed_becomes_the_rule() -> None:
    debt = rules.one(TABLE, "debt")
    typed = rule_form.values(debt) | {
        "title": "小额债务",
        "people_from": "3",
        "line.0.how": "unless",
        "line.0.what": "sued=true",
        "line.1.how": "is",
        "line.1.what": "repeat=false",
        "valid_from": "2027-01-01",
        "reasons": "甲\n\n 乙 ",
        "lead": "law_firm",
    }
    made = rule_form.row(posted(typed), debt)
    assert made["when"] == {
        "category": "debt",
        "people_count_from": 3,
        "repeat": False,
        "unless": {"sued": True},
    }
    assert (made["title"], made["lead"], made["reasons"]) == ("小额债务", "law_firm", ["甲", "乙"])
    assert made["valid_from"].isoformat() == "2027-01-01"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("title", " "),
        ("people_from", "许多"),
        ("line.0.what", "nonsense=1"),
        ("valid_to", "明天"),
        ("basis.0.grade", "Z"),
        ("basis.1.law", ""),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field(name: str, text: str) -> None:
    debt = rules.one(TABLE, "debt")
    with pytest.raises(Invalid) as refused:
        rule_form.row(posted(rule_form.values(debt) | {name: text}), debt)
    assert list(refused.value.fields) == [name]
