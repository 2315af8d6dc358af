"""What is sealed opens only with its key, in its place, unchanged; an index tells nothing else."""

import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.key import Algorithm, Keys
from service.gateways.keyring import (
    CannotOpen,
    FieldKey,
    Keyring,
    algorithm_of,
    key_id,
    key_id_of,
    new_code,
    new_token,
    token_hash,
)
from service.rules.progress import CODE_ALPHABET, CODE_LENGTH

KEYS = Keyring(b"d" * 32, b"i" * 32)
OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
EVERY = list(Algorithm)
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


def of_version_1(key: bytes, content: bytes, place: str) -> bytes:
    """What was sealed before values named their key."""
    nonce = os.urandom(12)
    return b"\x01" + nonce + AESGCM(key).encrypt(nonce, content, place.encode())


@pytest.mark.parametrize("algorithm", EVERY)
def test_either_algorithm_opens_what_it_sealed_and_names_itself(algorithm: Algorithm) -> None:
    ring = Keyring(NEW, b"i" * 32, algorithm=algorithm)
    sealed, key = ring.new_field_key("dispute:1")
    told = key.seal(TEXT, PLACE)
    assert ring.field_key(sealed, "dispute:1").open(told, PLACE) == TEXT
    assert (algorithm_of(sealed), algorithm_of(told)) == (algorithm, algorithm)
    assert (key_id_of(sealed), key_id_of(told)) == (key_id(NEW).hex(), key_id(key.key).hex())


@pytest.mark.parametrize("algorithm", EVERY)
def test_a_value_opens_whichever_algorithm_is_chosen_now(algorithm: Algorithm) -> None:
    sealed = Keyring(NEW, b"i" * 32, algorithm=algorithm).seal(b"1", PLACE)
    assert [Keyring(NEW, b"i" * 32, algorithm=now).open(sealed, PLACE) for now in EVERY] == [
        b"1",
        b"1",
    ]


@pytest.mark.parametrize("algorithm", EVERY)
def test_any_changed_byte_of_either_algorithm_is_noticed(algorithm: Algorithm) -> None:
    key = FieldKey(NEW, algorithm)
    sealed = key.seal("一", PLACE)
    for place in range(len(sealed)):
        for mask in (1, 2, 3, 128):
            damaged = bytearray(sealed)
            damaged[place] ^= mask
            with pytest.raises(CannotOpen):
                key.open(bytes(damaged), PLACE)
        with pytest.raises(CannotOpen):
            key.open(sealed[:place], PLACE)


def test_the_newest_key_seals_and_every_key_opens() -> None:
    before = Keyring(OLD, b"i" * 32)
    both = Keyring((NEW, OLD), b"i" * 32)
    sealed = before.seal(b"1", PLACE)
    assert both.open(sealed, PLACE) == b"1"
    assert key_id_of(both.seal(b"1", PLACE)) == key_id(NEW).hex()
    moved = both.reseal(sealed, PLACE)
    assert Keyring(NEW, b"i" * 32).open(moved, PLACE) == b"1"
    with pytest.raises(CannotOpen):
        before.open(moved, PLACE)


@pytest.mark.parametrize("keys", [(OLD,), (NEW, OLD), (OLD, NEW)])
def test_what_was_sealed_before_values_named_their_key_still_opens(keys: tuple[bytes]) -> None:
    sealed = of_version_1(OLD, b"1", PLACE)
    assert Keyring(keys, b"i" * 32).open(sealed, PLACE) == b"1"
    assert (key_id_of(sealed), algorithm_of(sealed)) == (None, Algorithm.AES_256_GCM)
    with pytest.raises(CannotOpen):
        Keyring((NEW, OTHER), b"i" * 32).open(sealed, PLACE)


def test_a_field_of_before_opens_with_its_dispute_s_key() -> None:
    assert FieldKey(OLD).open(of_version_1(OLD, TEXT.encode(), PLACE), PLACE) == TEXT


def test_a_new_key_is_used_as_soon_as_it_is_there() -> None:
    told = [Keys((OLD,), (OLD,))]
    ring = Keyring(OLD, OLD, reread=lambda: told[0])
    kept, index = ring.seal(b"1", PLACE), ring.index("phone", "1")
    told[0] = Keys((NEW, OLD), (NEW, OLD))
    assert key_id_of(ring.seal(b"1", PLACE)) == key_id(NEW).hex()
    assert ring.open(kept, PLACE) == b"1"
    assert ring.indexes("phone", "1") == (ring.index("phone", "1"), index)


def test_a_value_under_a_key_just_made_opens_at_the_first_try() -> None:
    told = [Keys((OLD,), (OLD,))]
    ring = Keyring(OLD, OLD, reread=lambda: told[0])
    told[0] = Keys((NEW, OLD), (OLD,))
    assert ring.open(Keyring(NEW, OLD).seal(b"1", PLACE), PLACE) == b"1"


def test_an_unknown_key_stays_unknown_after_a_second_look() -> None:
    ring = Keyring(OLD, OLD, reread=lambda: Keys((OLD,), (OLD,)))
    with pytest.raises(CannotOpen):
        ring.open(Keyring(NEW, OLD).seal(b"1", PLACE), PLACE)


def test_what_is_sealed_alike_is_equal_for_equal_contents_only() -> None:
    assert KEYS.seal_alike(b"1", PLACE) == KEYS.seal_alike(b"1", PLACE)
    assert KEYS.seal_alike(b"1", PLACE)[:19] != KEYS.seal_alike(b"2", PLACE)[:19]
    assert KEYS.open(KEYS.seal_alike(b"1", PLACE), PLACE) == b"1"


def test_a_key_s_digest_is_its_own() -> None:
    assert FieldKey(OLD).digest("said", "1") == FieldKey(OLD, Algorithm.SM4_GCM).digest("said", "1")
    assert len({FieldKey(key).digest(kind, "1") for key in (OLD, NEW) for kind in "ab"}) == 4


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
