"""Which field a reveal names, and which reasons say something."""

import pytest

from config.vocabulary import PartyRole
from service.errors import Invalid
from service.rules.reveal import Person, Target, checked_reason, target

PEOPLE = [
    Person("0b1f", PartyRole.RESPONDENT),
    Person("77aa", PartyRole.APPLICANT),
    Person("9c0d", PartyRole.APPLICANT),
]


@pytest.mark.parametrize(
    ("field", "meant"),
    [
        ("parties.0.phone", Target("phone", 0)),
        ("parties[2].id_number", Target("id_number", 2)),
        ("77aa.address", Target("address", 1)),
        ("respondent.name", Target("name", 0)),
        ("applicant.phone", Target("phone", 1)),
        ("id_number", Target("id_number", 1)),
        ("place.detail", Target("place.detail")),
        ("interpreter", Target("interpreter")),
    ],
)
def test_a_field_is_named_in_every_usual_way(field: str, meant: Target) -> None:
    assert target(field, PEOPLE) == meant


def test_the_trail_names_a_field_in_one_way() -> None:
    assert target("phone", PEOPLE).path == "parties.1.phone"
    assert target("place.detail", PEOPLE).path == "place.detail"


@pytest.mark.parametrize(
    "field",
    [
        "",
        "narrative",
        "parties.3.phone",
        "parties.0.role",
        "guardian.phone",
        "parties.*.phone",
        "parties.0.phone,parties.1.phone",
        "parties..phone",
        "name_sealed",
        "parties.-1.phone",
    ],
)  # fmt: skip -- a list of words
def test_what_names_no_single_field_is_refused_at_the_field(field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        target(field, PEOPLE)
    assert list(refusal.value.fields) == ["field"]


@pytest.mark.parametrize(
    "reason", ["", "    ", "要看", "看看吧。", "……………", "啊啊啊啊啊", "aaaaaaa", "要 看 一"]
)
def test_a_reason_that_says_nothing_is_refused_at_the_reason(reason: str) -> None:
    with pytest.raises(Invalid) as refusal:
        checked_reason(reason)
    assert list(refusal.value.fields) == ["reason"]


def test_a_reason_of_five_characters_is_one() -> None:
    assert checked_reason("  通知明天  调解 ") == "通知明天 调解"
