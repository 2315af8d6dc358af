"""Passwords are kept as Argon2id hashes with a salt each; without one the answer is no."""

import pytest

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
