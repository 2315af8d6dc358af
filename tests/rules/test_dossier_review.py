"""Reviews of dossiers: a draw that repeats, a score that leaves out what does not apply."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from config import member
from service.rules import dossier_review as rules

ITEMS = member.load().items
IDS = [UUID(int=number) for number in range(200)]


@given(st.permutations(IDS[:20]), st.integers(1, 20), st.text("abcdef0123456789", min_size=1))
def test_the_same_seed_draws_the_same_ones_whatever_the_order(
    population: list[UUID], size: int, seed: str
) -> None:
    drawn = rules.draw(population, size, seed)
    assert drawn == rules.draw(IDS[:20], size, seed)
    assert len(set(drawn)) == size


def test_another_seed_draws_others_and_everybody_has_a_turn() -> None:
    draws = [set(rules.draw(IDS, 10, str(seed))) for seed in range(200)]
    assert len({frozenset(each) for each in draws}) == 200
    assert set().union(*draws) == set(IDS)


def test_what_does_not_apply_counts_in_neither() -> None:
    whole = dict.fromkeys(ITEMS, rules.YES)
    most = sum(each.points for each in ITEMS.values())
    assert rules.score(whole, ITEMS) == (most, most)
    assert rules.score(whole | {"record": "no"}, ITEMS) == (most - 20, most)
    assert rules.score(whole | {"record": "none"}, ITEMS) == (most - 20, most - 20)


def test_every_item_wants_an_answer_and_a_failing_one_words() -> None:
    whole = dict.fromkeys(ITEMS, rules.YES)
    assert rules.problems(whole, {}, ITEMS) == {}
    wrong = {"record": "no", "visit": "maybe"}
    assert rules.problems(whole | wrong, {}, ITEMS) == {
        "findings.record": ["不合格的，请写明缺什么"],
        "answers.visit": ["请选择"],
    }
    assert rules.problems(whole | {"record": "no"}, {"record": "缺第二次"}, ITEMS) == {}
