"""The ladders as data: complete, in order, and outside the quiet hours."""

import pytest

from config import ladder
from config.vocabulary import ClockKind, Role, TimeUnit

SHIPPED = ladder.DEFAULT.read_text(encoding="utf-8")


def test_every_kind_of_clock_has_its_ladder() -> None:
    found = ladder.load()

    assert {kind.value: rungs.id for kind, rungs in found.by_kind.items()} == {
        "statutory": "dispute",
        "internal": "dispute",
        "outside": "dispute",
        "remedy": "remedy",
    }
    assert set(found.by_kind) == set(ClockKind)


@pytest.mark.parametrize(
    ("name", "unit", "steps"),
    [
        ("dispute", TimeUnit.WORKING_DAY, "half T-3 T-1 T T+1 T+3"),
        ("suggestion", TimeUnit.NATURAL_DAY, "T-30 T-15 T-7 T-1 T"),
        ("lawsuit", TimeUnit.WORKING_DAY, "half T-3 T-1 T T+1 T+3"),
        ("hours", TimeUnit.HOUR, "half T-6h T-1h T T+1h T+3h"),
    ],
)
def test_a_ladder_has_its_steps(name: str, unit: TimeUnit, steps: str) -> None:
    rungs = ladder.load().by_id[name]

    assert rungs.unit is unit
    assert [rung.step for rung in rungs.rungs] == steps.split()


def test_a_step_knows_how_far_from_the_last_day_it_is() -> None:
    found = ladder.load()

    assert [rung.shift for rung in found.by_id["dispute"].rungs] == [None, -3, -1, 0, 1, 3]
    assert [rung.shift for rung in found.by_id["hours"].rungs] == [None, -6, -1, 0, 1, 3]


def test_each_step_is_told_to_no_fewer_than_the_one_before() -> None:
    for rungs in ladder.load().by_id.values():
        told: set[Role] = set()
        for rung in rungs.rungs:
            assert told <= set(rung.roles)
            told = set(rung.roles)


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ('step = "T-3", ', 'step = "T-0", ', "没有这样的预警步骤：T-0"),
        ('step = "T-6h"', 'step = "T-6"', "没有这样的预警步骤：T-6"),
        ('step = "T-30"', 'step = "T-30h"', "没有这样的预警步骤：T-30h"),
        ('step = "T-15"', 'step = "T-30"', "从早到晚"),
        ('step = "T-15"', 'step = "half"', "从早到晚"),
        ('step = "T-30", roles = ["legal"]', 'step = "T-30", roles = []', "没有写明告知谁"),
        ('kinds = ["remedy"]', 'kinds = ["outside"]', "有两个预警阶梯"),
        ('kinds = ["remedy"]', "kinds = []", "没有预警阶梯：remedy"),
        ('id = "hours"', 'id = "minutes"', "没有以小时计"),
        ("morning = 08:00:00", "morning = 06:00:00", "安静时段"),
        ("morning = 08:00:00", "morning = 22:00:00", "安静时段"),
        ('unit = "ND"', 'unit = "M"', "须以日或者小时计"),
    ],
)
def test_a_wrong_ladder_is_refused(old: str, new: str, wrong: str) -> None:
    assert old in SHIPPED

    with pytest.raises(ValueError, match=wrong):
        ladder.parse(SHIPPED.replace(old, new, 1))
