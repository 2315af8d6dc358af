"""Papers over the counter 文书: what a notice may cite, and the mark of its filled fields."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from config.basis import Basis
from config.clock import ClockRule, Clocks
from config.ground import GroundTerms
from config.routing import Rulebook
from config.vocabulary import Acceptance, DeclineGround


def cited(answer: Mapping[str, Any], ground: str, rulebook: Rulebook) -> list[dict[str, str]]:
    """The law 依据 a refusal may cite: that of the stored answer, when it found this very ground.

    A person may refuse on a ground the rules did not find; no article is guessed for it then.
    """
    if Acceptance(answer["accept"]) not in (Acceptance.NO, Acceptance.PROTECT):
        return []
    decided = next((rule for rule in rulebook.rules if rule.id == answer["rule"]["id"]), None)
    found = decided.ground if decided else None
    return list(answer["basis"]) if found and found == _ground(ground) else []


def still_open(answer: Mapping[str, Any], on: date, internal: tuple[str, ...]) -> list[Any]:
    """The citizen's terms 期限 of a stored answer that have not passed on `on`, nearest first.

    `internal` are the terms that bind the unit, not the citizen.
    """
    running = [
        each
        for each in answer["deadlines"]
        if each["rule"] not in internal and date.fromisoformat(each["due_on"][:10]) >= on
    ]
    return sorted(running, key=lambda each: str(each["due_on"]))


def of_ground(ground: str, on: date, grounds: GroundTerms, clocks: Clocks) -> list[ClockRule]:
    """The terms 期限 that belong to a ground, as they are in force on `on`; none when not known."""
    known = _ground(ground)
    rules = [clocks[each] for each in grounds.get(known, ())] if known else []
    return [rule for rule in rules if rule.is_in_force(on)]


def law_of(rule: ClockRule, on: date) -> list[Basis]:
    """The law 依据 of a term that is cited on `on`."""
    return [
        each
        for each in rule.basis
        if (each.valid_from is None or each.valid_from <= on)
        and (each.valid_to is None or on <= each.valid_to)
    ]


def mark(fields: Mapping[str, Any]) -> str:
    """The SHA-256 of the filled fields 校验码, 64 hexadecimal digits: equal papers, equal marks."""
    canonical = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _ground(code: str) -> DeclineGround | None:
    return DeclineGround(code) if code in set(DeclineGround) else None
