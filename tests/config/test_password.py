"""The two profiles as they ship, and tables nobody could keep to."""

from datetime import timedelta
from pathlib import Path

import pytest

from config import password
from config.password import ProfileName


def test_the_shipped_profiles_say_what_their_rules_ask() -> None:
    shipped = password.load()
    dengbao, nist = (shipped.profiles[name] for name in (ProfileName.DENGBAO, ProfileName.NIST))
    assert shipped.profile is dengbao
    assert (dengbao.shortest, dengbao.classes, dengbao.former) == (10, 3, 5)
    assert dengbao.change_after == timedelta(days=90)
    assert (nist.shortest, nist.classes, nist.change_after) == (15, 0, None)
    assert dengbao.longest == nist.longest == 128


def test_the_guesses_are_more_than_ten_thousand_words() -> None:
    guesses = password.load().guesses
    assert len(guesses.words) > 10_000
    assert "zhangwei" in guesses.words
    assert guesses.longest_word == max(map(len, guesses.words))
    assert "ytrewq" in "".join(guesses.walks)


def own(folder: Path, old: str, new: str) -> Path:
    path = folder / "passwords.toml"
    path.write_text(password.DEFAULT.read_text(encoding="utf-8").replace(old, new, 1), "utf-8")
    return path


def test_a_town_may_choose_another_time_to_change(tmp_path: Path) -> None:
    profile = password.load(own(tmp_path, "change_after = 90", "change_after = 180")).profile
    assert profile.change_after == timedelta(days=180)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("shortest = 10", "shortest = 4"),
        ("longest = 128", "longest = 20"),
        ("classes = 3", "classes = 5"),
        ("[profiles.nist]", "[profiles.none]"),
    ],
)
def test_a_table_nobody_could_keep_to_is_refused(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        password.load(own(tmp_path, old, new))
