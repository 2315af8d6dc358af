"""Reviews of dossiers 案卷评查: a draw that can be repeated, and the score of one."""

from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Final
from uuid import UUID

from config.member import Item

YES, NO, NONE = "yes", "no", "none"  # 合格, 不合格, 不适用
ANSWERS: Final = (YES, NO, NONE)


def draw(population: Collection[UUID], size: int, seed: str) -> list[UUID]:
    """`size` of them at random; the same population and seed always give the same ones."""
    order = sorted(population, key=lambda each: sha256(f"{seed}:{each}".encode()).digest())
    return order[:size]


def score(answers: Mapping[str, str], items: Mapping[str, Item]) -> tuple[int, int]:
    """Points that were reached, and those that could be: what does not apply counts in neither."""
    told = [(items[code].points, said) for code, said in answers.items() if code in items]
    return (
        sum(points for points, said in told if said == YES),
        sum(points for points, said in told if said != NONE),
    )


def problems(
    answers: Mapping[str, str], findings: Mapping[str, str], items: Mapping[str, Item]
) -> dict[str, list[str]]:
    """What is wrong, by field: every item wants an answer, a failing one wants words."""
    found = {}
    for code in items:
        if answers.get(code) not in ANSWERS:
            found[f"answers.{code}"] = ["请选择"]
        elif answers[code] == NO and not findings.get(code):
            found[f"findings.{code}"] = ["不合格的，请写明缺什么"]
    return found
