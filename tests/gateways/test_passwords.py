"""Passwords are kept as Argon2id hashes with a salt each; without one the answer is no."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from service.errors import TooOften
from service.gateways import passwords
from service.gateways.passwords import hash_password, verify_password


def test_a_password_matches_its_hash_and_no_other_does() -> None:
    stored = hash_password("Liuxi-Zhen-2026")
    assert verify_password("Liuxi-Zhen-2026", stored)
    assert not verify_password("Liuxi-Zhen-2027", stored)


def test_a_hash_says_how_it_was_made_and_is_salted() -> None:
    first, second = hash_password("Liuxi-Zhen-2026"), hash_password("Liuxi-Zhen-2026")
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$x$y"])
def test_without_a_hash_that_can_be_read_the_answer_is_no(stored: str | None) -> None:
    assert verify_password("nobody has this password", stored) is False


def test_what_is_longer_than_any_password_is_not_even_compared() -> None:
    stored = hash_password("x" * 128)
    assert verify_password("x" * 128, stored)
    assert not verify_password("x" * 5_000_000, stored)


def test_at_most_four_are_computed_at_once_and_who_waits_too_long_is_sent_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "PATIENCE_S", 0.05)
    arrived, leave = Barrier(5), Event()

    def sit() -> None:
        with passwords.turn(), passwords.turn():  # who holds a place goes on with it
            arrived.wait(timeout=10)
            leave.wait(timeout=10)

    with ThreadPoolExecutor(4) as people:
        seated = [people.submit(sit) for _ in range(4)]
        arrived.wait(timeout=10)
        with pytest.raises(TooOften) as refusal:
            verify_password("anything", None)
        leave.set()
        assert [each.result(timeout=10) for each in seated] == [None] * 4
    assert (refusal.value.seconds, refusal.value.detail) == (5, "现在登录的人太多，请过几秒再试")
    assert verify_password("anything", None) is False
