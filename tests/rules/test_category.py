"""Category suggestion: weighted words, the longest first, and how good they are."""

import json
from pathlib import Path

import pytest

from config import category, category_words
from config.category_words import CategoryWords
from service.rules.category import Suggestion, agrees, suggest
from service.rules.category_measure import Measured, Question, Rate, held_out, measure

CATEGORIES = category.load()
SHIPPED = category_words.load(categories=CATEGORIES)
ROOT = Path(__file__).parents[2]
# real questions settled by reading; they are not part of the product
CONSULTATIONS = ROOT.parent / "shared" / "data" / "consultations.json"
OWN = ROOT / "tests" / "data" / "consultations.json"


def words(threshold: int = 2, **weights: dict[str, int]) -> CategoryWords:
    """Words by category and weight, the longest first as the loader has them."""
    every: dict[str, dict[str, int]] = {}
    for code, told in weights.items():
        for word, weight in told.items():
            every.setdefault(word, {})[code] = weight
    return CategoryWords(1, threshold, {w: every[w] for w in sorted(every, key=lambda w: -len(w))})


def test_the_words_that_stand_in_the_text_are_added_up_and_named() -> None:
    told = words(debt={"借条": 5, "不还": 3}, family={"离婚": 5})
    assert suggest("他打了借条，一直不还", told) == [Suggestion("debt", 8, ("借条", "不还"))]


def test_a_word_inside_a_longer_one_does_not_count() -> None:
    told = words(wages={"拖欠工资": 5}, labour={"工资": 3}, debt={"拖欠": 3})
    assert [each.code for each in suggest("老板拖欠工资", told)] == ["wages"]
    assert [each.code for each in suggest("老板拖欠工资，工资条没有", told)] == ["wages", "labour"]


def test_a_word_that_is_covered_does_not_join_what_stood_around_it() -> None:
    assert suggest("房工资东", words(housing={"房东": 5}, wages={"工资": 1})) == []


def test_a_word_counts_once_however_often_it_stands_there() -> None:
    assert suggest("借条借条借条", words(debt={"借条": 2})) == [Suggestion("debt", 2, ("借条",))]


def test_a_negative_word_speaks_against_and_is_not_given_as_a_reason() -> None:
    told = words(housing={"房子": 4, "漏水": -1}, neighbour={"漏水": 4})
    assert suggest("楼上房子漏水", told) == [
        Suggestion("neighbour", 4, ("漏水",)),
        Suggestion("housing", 3, ("房子",)),
    ]


def test_below_the_threshold_nothing_is_said() -> None:
    told = words(threshold=3, debt={"朋友": 2}, family={"孩子": 3})
    assert [each.code for each in suggest("朋友的孩子", told)] == ["family"]
    assert suggest("", told) == []


def test_at_most_three_the_likeliest_first_and_ties_always_alike() -> None:
    told = words(tort={"伤": 3}, debt={"钱": 3}, family={"家": 4}, medical={"医": 2})
    codes = [each.code for each in suggest("医伤钱家", told)]
    assert codes == ["family", "debt", "tort"]
    assert [each.code for each in suggest("医伤钱家", told, most=1)] == ["family"]


def test_spaces_width_and_capitals_do_not_count() -> None:
    assert suggest("４Ｓ 店", words(consumer={"4s店": 4})) == [Suggestion("consumer", 4, ("4s店",))]


def test_a_choice_agrees_when_half_as_much_speaks_for_it() -> None:
    found = [Suggestion("wages", 8, ()), Suggestion("labour", 4, ()), Suggestion("debt", 3, ())]
    assert [agrees(code, found) for code in ("wages", "labour", "debt", "tort", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert not agrees("wages", [])


def test_every_third_is_kept_apart() -> None:
    asked = [Question(str(place), "debt") for place in range(7)]
    apart, chosen = held_out(asked)
    assert [each.text for each in apart] == ["2", "5"]
    assert [each.text for each in chosen] == ["0", "1", "3", "4", "6"]


def test_measuring_counts_the_clear_ones_and_also_as_right() -> None:
    told = words(debt={"借条": 5}, family={"离婚": 4})
    asked = [
        Question("借条", "debt"),
        Question("借条", "contract", frozenset({"debt"})),
        Question("借条和离婚", "family"),
        Question("借条", "family"),
        Question("没有", "tort"),
        Question("借条", "debt", clear=False),
    ]
    assert measure(asked, told) == Measured(
        whole=Rate(5, 2, 3),
        by_category={
            "contract": Rate(1, 1, 1),
            "debt": Rate(1, 1, 1),
            "family": Rate(2, 0, 1),
            "tort": Rate(1, 0, 0),
        },
        confusions={("family", "debt"): 2, ("tort", "-"): 1},
    )


def questions(path: Path) -> list[Question]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [Question(r["text"], r["category"], frozenset(r["also"]), r["clear"]) for r in rows]


@pytest.mark.skipif(not CONSULTATIONS.exists(), reason="the real questions are not shipped")
def test_real_questions_nobody_looked_at_are_suggested_rightly() -> None:
    apart, _ = held_out(questions(CONSULTATIONS))
    found = measure(apart, SHIPPED).whole
    assert found.first / found.count >= 0.70
    assert found.among / found.count >= 0.90


def test_every_category_is_suggested_for_a_plain_case_of_it() -> None:
    own = questions(OWN)
    assert {each.category for each in own} == CATEGORIES.by_code.keys()
    missed = {q.text: s for q in own if (s := suggest(q.text, SHIPPED, 1))[0].code != q.category}
    assert missed == {}
