"""What law and office say of lawsuits, and how many people there are, as data."""

from pathlib import Path

import pytest

from config import lawsuit, population
from config.lawsuit import Attendance
from config.vocabulary import WithdrawalCause

KNOWN = {"LIT.ANSWER", "REC.REPLY", "REC.REPLY.SIM", "LIT.APPEAL.J", "LIT.APPEAL.R"}
SHIPPED = lawsuit.DEFAULT.read_text(encoding="utf-8")


def test_every_word_of_the_shipped_file_names_its_law() -> None:
    data = lawsuit.load(known=KNOWN)
    lists = (data.attendance, data.absences, data.checks, data.review_causes)
    assert all(each.basis for found in lists for each in found.values())
    must = {key for key, each in data.attendance.items() if each.attendance is Attendance.MUST}
    assert {"food_drug", "ecology", "public_health", "public_attention", "mass"} <= must
    assert list(data.absences) == ["force_majeure", "accident", "irreplaceable", "other"]
    assert WithdrawalCause.DEEMED not in {c for e in data.checks.values() for c in e.causes}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('code = "mass"', 'code = "ecology"'),  # twice there
        ('rule = "LIT.ANSWER"', 'rule = "LIT.NOTHING"'),  # a term nobody defines
        ('code = "other"\nwords = "无法', 'code = "else"\nwords = "无法'),  # no room for words
        ('attendance = "must"', 'attendance = "perhaps"'),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(before: str, after: str, tmp_path: Path) -> None:
    path = tmp_path / "lawsuit.toml"
    path.write_text(SHIPPED.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"\w"):
        lawsuit.load(path, known=KNOWN)


def test_nobody_is_counted_until_somebody_says_where_the_number_is_from(tmp_path: Path) -> None:
    assert population.load().people is None
    path = tmp_path / "population.toml"
    path.write_text('people = 21000\ncounted = "常住人口"\nsource = ""\n', encoding="utf-8")
    with pytest.raises(ValueError, match="出处"):
        population.load(path)
    path.write_text('people = 21000\ncounted = "常住人口"\nsource = "公报"\n', encoding="utf-8")
    assert population.load(path).people == 21000
