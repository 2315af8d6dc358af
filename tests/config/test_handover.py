"""The numbers and reasons of handovers are data, and wrong data stop at the start."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from config import handover
from config.vocabulary import Grade

SHIPPED = handover.DEFAULT.read_text(encoding="utf-8")


def test_what_ships_is_eight_hours_of_the_office_and_two_returns() -> None:
    data = handover.load()
    assert (data.answer, data.remind, data.returns) == (
        timedelta(hours=8),
        timedelta(hours=1),
        2,
    )
    assert [(each.law, each.grade) for each in data.basis] == [("本中心内部时限", Grade.R)]
    assert data.hours == ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))
    assert list(data.reasons) == [
        "not_ours",
        "wrong_place",
        "party_refuses",
        "papers_missing",
        "conflict",
        "overload",
        "other",
    ]
    assert [code for code, each in data.reasons.items() if each.director] == ["overload"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('["14:30", "17:30"]', '["11:30", "17:30"]'),
        ('["14:30", "17:30"]', '["17:30", "14:30"]'),
        ("answer_hours = 8", "answer_hours = 1"),
        ("returns = 2", "returns = -1"),
        ('code = "other"', 'code = "else"'),
        ('code = "conflict"', 'code = "overload"'),
        ('ask = "请写明缺哪些材料"', ""),
    ],
)
def test_data_that_contradict_themselves_are_refused(
    tmp_path: Path, before: str, after: str
) -> None:
    own = tmp_path / "handover.toml"
    assert before in SHIPPED
    own.write_text(SHIPPED.replace(before, after), encoding="utf-8")
    with pytest.raises(ValueError, match=r".+"):
        handover.load(own)
