"""The registers of 府检府院联动 as they are read: each once, no stage that leads nowhere."""

from pathlib import Path

import pytest

from config import linkage
from config.linkage import DEFAULT, LinkageRegister, LinkageStage

TEXT = DEFAULT.read_text(encoding="utf-8")


def test_what_ships_has_every_register_and_seals_two() -> None:
    found = linkage.load()
    assert set(found.registers) == set(LinkageRegister)
    sealed = {each.id for each in found.those(sealed=True)}
    assert sealed == {LinkageRegister.INTERFERENCE, LinkageRegister.REFERRAL}
    assert found[LinkageRegister.REFERRAL].words is False
    assert found[LinkageRegister.INTERFERENCE].final == {LinkageStage.FILED}
    assert {each.periodic for each in found.registers.values() if each.id != "obligation"} == {
        False
    }


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('id = "inquiry"', 'id = "court_aid"'),  # one twice, one missing
        ('series = "DJ"', 'series = "GY"'),  # two would count in one row
        ('next = ["consulted", "suggested", "ended"]', 'next = ["suggested", "ended"]'),
        ('next = ["received"]', 'next = ["done"]'),
        ('grade = "A"', 'grade = "Z"'),
    ],
)
def test_what_does_not_hang_together_is_refused_at_the_start(
    tmp_path: Path, right: str, wrong: str
) -> None:
    assert right in TEXT
    path = tmp_path / "linkage.toml"
    path.write_text(TEXT.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"登记簿|环节|依据"):
        linkage.load(path)
