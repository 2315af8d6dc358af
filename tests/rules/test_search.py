"""What goes into the word index, and what is meant by what somebody types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.rules import search
from tests.factories.person import mobile, resident_id


def test_an_entry_holds_pairs_of_the_narrative_and_pairs_characters_and_initials_of_names() -> None:
    made = search.entry("楼上漏水，3号院", [("王小满", "wxm"), ("Bat 厂", "batc")])
    assert (made.names, made.words) == ("王小满\nbat 厂", "楼上漏水,3号院")
    assert made.terms == sorted(
        "上漏 号院 楼上 漏水 3号 ＠王 ＠小 ＠满 ＠王小 ＠小满 ＠b ＠a ＠t ＠ba ＠at ＠厂 "
        "＃wx ＃wxm ＃ba ＃bat ＃batc".split()
    )


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ　１２", "abc 12"),
        ("巴特・苏和", "巴特·苏和"),
        ("葛\U000e0100 城", "葛 城"),
        (" 两\n行 ", "两 行"),
        ("㎡", "m2"),
    ],
)
def test_width_case_dots_blanks_and_variants_make_no_difference(text: str, folded: str) -> None:
    assert search.fold(text) == folded


def test_rare_characters_of_every_plane_are_paired() -> None:
    rare = "\U0002c029\U00031350\ue123"
    assert search.word_terms(rare) == [rare[:2], rare[1:]]


def test_a_single_character_is_sought_in_names_only() -> None:
    assert (search.name_terms("漏"), search.word_terms("漏")) == (["＠漏"], [])


def test_signs_are_no_terms() -> None:
    assert (search.name_terms("%_"), search.word_terms('"*')) == ([], [])


@given(st.text(max_size=40), st.integers(0, 40), st.integers(2, 10))
def test_every_piece_that_has_terms_is_in_the_index_of_its_text(
    text: str, start: int, length: int
) -> None:
    folded = search.fold(text)
    piece = folded[start : start + length]
    made = search.entry(text, [(text, None)])
    assert set(search.word_terms(piece)) <= set(made.terms)
    assert set(search.name_terms(piece)) <= set(made.terms)


@given(st.text(max_size=40))
def test_no_term_holds_a_blank_a_quote_or_a_mark_of_ours(text: str) -> None:
    for term in search.entry(text, []).terms:
        assert term.isprintable() or not term.isascii()
        assert not set(term) & set(" \"'*＠＃")


def test_what_is_typed_is_read_in_every_way_it_may_be_meant() -> None:
    asked = search.read(" ＷXM ")
    assert (asked.pieces, asked.initials, asked.number, asked.tail, asked.phone) == (
        ("wxm",),
        "wxm",
        "WXM",
        None,
        None,
    )
    assert search.read("王 漏水").pieces == ("王", "漏水")
    assert search.read("5678").tail == "5678"
    assert search.read(mobile(7)).phone == mobile(7)
    assert search.read("0475-4212345").phone == "0475-4212345"
    assert search.read("12345").phone is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (" lxz2026-00012 ", "LXZ2026-00012"),
        ("ＬＸＺ２０２６－００012", "LXZ2026-00012"),
        ("lxz2026 00012", "LXZ2026-00012"),
        ("lxz2026-12", "LXZ2026-00012"),
        ("LXZ 2026 – 12", "LXZ2026-00012"),
        ("LXZ202600012", "LXZ2026-00012"),
        ("LXZ20269", "LXZ2026-00009"),
        ("LXZ12", "LXZ2026-00012"),
        ("lxz 00012", "LXZ2026-00012"),
        ("LXZ2025-00012", "LXZ2025-00012"),
        ("LXZ2025 3", "LXZ2025-00003"),
        ("LXZ202500012", "LXZ2025-00012"),
        ("LXZZX2026-00001", "LXZZX2026-00001"),
        ("2026-12", "LXZ2026-00012"),
        ("202500012", "LXZ2025-00012"),
        ("12", "LXZ2026-00012"),
        ("００012", "LXZ2026-00012"),
        ("LXZ2026-123456", "LXZ2026-123456"),
        ("http://localhost:8000/public#LXZ2026-00012.ABCD2345", "LXZ2026-00012"),
        ("/10.0.0.5/public#LXZ2026-00012.ABCD2345", "LXZ2026-00012"),
        ("LXZ2026", None),
        ("LXZ2026-000", None),
        ("LXZ2026-00012 王", None),
        ("00000", None),
        ("123456", None),
        ("0475-4212345", None),
        ("13900000001", None),
        ("ABC12", None),
        ("#LXZ2026-00012.AB", None),
        ("王小满", None),
        ("", None),
    ],
)
def test_a_number_is_known_as_people_say_type_and_scan_it(typed: str, number: str | None) -> None:
    assert search.number_in(typed, prefix="LXZ", year=2026) == number


@pytest.mark.parametrize(
    ("typed", "bare"), [("12", True), (" ０001", True), ("00012", False), ("LXZ12", False)]
)
def test_a_short_tail_may_mean_something_else_as_well(typed: str, bare: bool) -> None:
    assert search.is_bare(typed) is bare


@pytest.mark.parametrize(
    ("typed", "private"),
    [
        (resident_id(1), True),
        (resident_id(1)[:17] + "x", True),
        ("150525 19700101 0015", True),
        ("150525700101001", True),
        ("911505250000000000", True),
        (mobile(1), False),
        ("LXZ2026-00012", False),
        ("王小满", False),
    ],
)
def test_what_looks_like_an_id_number_stays_private_right_or_wrong(
    typed: str, private: bool
) -> None:
    assert search.is_identity(typed) is private


def test_a_snippet_shows_the_stretch_about_the_word() -> None:
    text = "甲" * 40 + "院墙漏水" + "乙" * 80
    cuts = search.snippet(text, ["漏水"])
    assert cuts == [
        ("…", False),
        ("甲" * 8 + "院墙", False),
        ("漏水", True),
        ("乙" * 48, False),
        ("…", False),
    ]


def test_a_snippet_without_the_word_is_the_beginning() -> None:
    assert search.snippet("只有一句", ["没有"]) == [("只有一句", False)]
    assert search.snippet("ABC公司", ["abc"]) == [("ABC", True), ("公司", False)]


def test_a_snippet_shows_the_word_however_it_was_written() -> None:
    text = "长" * 30 + "ＡＢＣ公司，面积㎡" + "短" * 60
    (piece,) = search.read("ａbc").pieces
    assert search.snippet(text, [piece])[:3] == [("…", False), ("长" * 10, False), ("ＡＢＣ", True)]
    assert search.snippet("面积㎡", ["m2"]) == [("面积", False), ("㎡", True)]


@given(st.text(max_size=90), st.lists(st.text(max_size=3), max_size=3))
def test_a_snippet_is_a_stretch_of_the_text(text: str, pieces: list[str]) -> None:
    cuts = [cut for cut, marked in search.snippet(text, pieces) if marked or cut != "…"]
    assert "".join(cuts).strip("…") in " ".join(text.split())
