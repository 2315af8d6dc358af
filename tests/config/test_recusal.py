"""The grounds of recusal are data, and wrong data stop at the start."""

from pathlib import Path

import pytest

from config import category, mediator_word, recusal, words
from config.mediator_word import RecusalGrade

SHIPPED = recusal.DEFAULT.read_text(encoding="utf-8")


def test_every_ground_that_ships_has_a_grade_and_a_basis() -> None:
    data = recusal.load()
    grades = {
        grade: {code for code, each in data.grounds.items() if each.grade is grade}
        for grade in RecusalGrade
    }
    assert grades[RecusalGrade.HINT] == {"met", "name", "language", "woman"}
    assert grades[RecusalGrade.SHOULD] == {"close", "phone", "committee", "earlier", "away", "load"}
    assert {code for code, each in data.grounds.items() if each.reason} == grades[
        RecusalGrade.SHOULD
    ] - {"earlier"}
    assert all(each.basis for each in data.grounds.values())
    assert data.woman_categories <= category.load().by_code.keys()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('code = "self"', 'code = "selves"'),
        ('code = "phone"', 'code = "close"'),
        ("load_limit = 20", "load_limit = 0"),
        ('grade = "hint"', 'grade = "perhaps"'),
    ],
)
def test_wrong_data_stop_at_the_start(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "recusal.toml"
    path.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"."):
        recusal.load(path)


def test_every_word_has_its_chinese() -> None:
    for enum in mediator_word.WORDS:
        assert list(words.labels(enum)) == [each.value for each in enum]
