"""What is sealed opens only with its key, in its place, unchanged; an index tells nothing else."""

import pytest

from service.gateways.keyring import (
    CannotOpen,
    Keyring,
    new_code,
    new_token,
    token_hash,
)
from service.rules.progress import CODE_ALPHABET, CODE_LENGTH

KEYS = Keyring(b"d" * 32, b"i" * 32)
PLACE = "party.phone:1"
TEXT = "199 0000 0001，柳溪镇 ᠮᠣᠩᠭᠣᠯ 𠮷"


def test_what_was_sealed_opens_as_it_was() -> None:
    sealed, key = KEYS.new_field_key("dispute:1")
    opened = KEYS.field_key(sealed, "dispute:1")
    assert opened.open(key.seal(TEXT, PLACE), PLACE) == TEXT


def test_nothing_stays_nothing() -> None:
    _, key = KEYS.new_field_key("dispute:1")
    assert (key.seal_optional(None, PLACE), key.open_optional(None, PLACE)) == (None, None)


def test_an_empty_text_is_not_nothing() -> None:
    _, key = KEYS.new_field_key("dispute:1")
    assert key.open(key.seal("", PLACE), PLACE) == ""


def test_the_same_text_is_sealed_differently_each_time() -> None:
    _, key = KEYS.new_field_key("dispute:1")
    assert len({key.seal(TEXT, PLACE) for _ in range(50)}) == 50


def test_nothing_of_the_text_stands_in_what_is_sealed() -> None:
    _, key = KEYS.new_field_key("dispute:1")
    assert "柳溪镇".encode() not in key.seal(TEXT, PLACE)


def test_in_another_place_it_does_not_open() -> None:
    _, key = KEYS.new_field_key("dispute:1")
    with pytest.raises(CannotOpen, match=r"^party\.phone$"):
        key.open(key.seal(TEXT, PLACE), "party.phone:2")


def test_with_the_key_of_another_dispute_it_does_not_open() -> None:
    _, mine = KEYS.new_field_key("dispute:1")
    _, theirs = KEYS.new_field_key("dispute:2")
    with pytest.raises(CannotOpen):
        theirs.open(mine.seal(TEXT, PLACE), PLACE)


def test_the_key_of_one_dispute_does_not_serve_another() -> None:
    sealed, _ = KEYS.new_field_key("dispute:1")
    with pytest.raises(CannotOpen):
        KEYS.field_key(sealed, "dispute:2")


def test_another_deployment_opens_nothing() -> None:
    sealed, _ = KEYS.new_field_key("dispute:1")
    with pytest.raises(CannotOpen):
        Keyring(b"e" * 32, b"i" * 32).field_key(sealed, "dispute:1")


def test_any_changed_byte_is_noticed() -> None:
    _, key = KEYS.new_field_key("dispute:1")
    sealed = key.seal("一", PLACE)
    for place in range(len(sealed)):
        damaged = bytearray(sealed)
        damaged[place] ^= 1
        with pytest.raises(CannotOpen):
            key.open(bytes(damaged), PLACE)


def test_a_cut_or_empty_value_is_noticed() -> None:
    _, key = KEYS.new_field_key("dispute:1")
    sealed = key.seal("一", PLACE)
    for length in range(len(sealed)):
        with pytest.raises(CannotOpen):
            key.open(sealed[:length], PLACE)


def test_keys_are_never_shown() -> None:
    _, key = KEYS.new_field_key("dispute:1")
    assert (repr(KEYS), repr(key)) == ("Keyring()", "FieldKey()")


def test_bytes_are_sealed_and_opened_as_well() -> None:
    assert KEYS.open(KEYS.seal(b"\x00\xff", PLACE), PLACE) == b"\x00\xff"


def test_an_index_is_equal_for_equal_values_of_one_kind_under_one_key() -> None:
    index = KEYS.index("phone", "19900000001")
    assert index == KEYS.index("phone", "19900000001")
    assert len(index) == 16
    others = {
        KEYS.index("phone", "19900000002"),
        KEYS.index("id_number", "19900000001"),
        Keyring(b"d" * 32, b"j" * 32).index("phone", "19900000001"),
    }
    assert index not in others
    assert len(others) == 3


def test_a_code_has_eight_signs_that_nobody_mistakes() -> None:
    codes = {new_code(CODE_ALPHABET, CODE_LENGTH) for _ in range(500)}
    assert len(codes) == 500
    assert {len(code) for code in codes} == {8}
    assert set("".join(codes)) <= set(CODE_ALPHABET)
    assert not set("0O1I") & set(CODE_ALPHABET)


def test_tokens_are_long_random_and_stored_as_a_hash() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43
    assert token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
