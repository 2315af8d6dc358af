"""Keys in files: made once, put on top, followed while we run; patterns are no keys."""

import hashlib
import secrets
from pathlib import Path

import pytest

from config import key
from config.key import Given, Keys

ONE, TWO = (hashlib.sha256(word).digest() for word in (b"one", b"two"))


def test_a_development_makes_its_key_once_for_itself_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "data"
    made = key.kept(path)
    assert key.kept(path) == made
    assert ([len(each) for each in made.keys], path.stat().st_mode & 0o777) == ([32], 0o600)
    assert list(path.parent.iterdir()) == [path]


def test_a_key_added_stands_on_top_and_the_old_ones_stay(tmp_path: Path) -> None:
    path = tmp_path / "data"
    first = key.kept(path).keys
    second = key.add(path)
    assert key.kept(path).keys == (second, *first)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_of_keys_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "data"
    data = key.kept(path)
    now = key.follower(data, Given((ONE,)))
    before = now()
    assert (now() is before, before) == (True, Keys(data.keys, (ONE,)))
    added = key.add(path)
    assert now() == Keys((added, *data.keys), (ONE,))
    path.write_text(f"{added.hex()}\n")
    assert now() == Keys((added,), (ONE,))


@pytest.mark.parametrize("content", [None, "", "no key", "11" * 31])
def test_a_file_that_holds_no_keys_any_more_takes_none_away(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "data"
    data = key.kept(path)
    now = key.follower(data, Given((ONE,)))
    path.unlink() if content is None else path.write_text(content)
    assert now().data == data.keys
    path.write_text(TWO.hex())
    assert now().data == (TWO,)


def test_random_bytes_are_no_pattern() -> None:
    assert [each for each in (secrets.token_bytes(32) for _ in range(2000)) if _guessed(each)] == []


@pytest.mark.parametrize(
    "pattern",
    [bytes(32), b"d" * 32, bytes(range(32)), bytes(range(64, 0, -2)), ONE[:8] * 4, b"0a" * 16],
)
def test_a_pattern_is_guessable(pattern: bytes) -> None:
    assert _guessed(pattern)


def _guessed(given: bytes) -> bool:
    return key.is_guessable(given)
