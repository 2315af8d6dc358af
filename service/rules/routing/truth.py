"""Three-valued truth 三值判断 of a condition: holds, does not, or not decided yet."""

from collections.abc import Iterable, Mapping

from config.condition import All, AnyOf, Condition, CountFrom, Is, Known, Not, Unless

Situation = Mapping[str, object]


def holds(condition: Condition, situation: Situation) -> bool | None:
    """Whether the condition holds; None while a fact it turns on is unknown (Kleene)."""
    if isinstance(condition, Is):
        value = situation.get(condition.subject)
        return None if value is None else value in condition.values
    if isinstance(condition, All):
        return _all(condition.parts, situation)
    return _rarer(condition, situation)


def _rarer(
    condition: AnyOf | Not | Unless | Known | CountFrom, situation: Situation
) -> bool | None:
    match condition:
        case AnyOf(parts):
            return _any(parts, situation)
        case Not(part):
            inner = holds(part, situation)
            return None if inner is None else not inner
        case Unless(part):
            return holds(part, situation) is not True
        case Known(subject):
            return situation.get(subject) is not None
        case CountFrom(number):
            count = situation.get("people_count")
            return count >= number if isinstance(count, int) else None


def _all(parts: Iterable[Condition], situation: Situation) -> bool | None:
    found: bool | None = True
    for part in parts:
        truth = holds(part, situation)
        if truth is False:
            return False
        if truth is None:
            found = None
    return found


def _any(parts: Iterable[Condition], situation: Situation) -> bool | None:
    found: bool | None = False
    for part in parts:
        truth = holds(part, situation)
        if truth:
            return True
        if truth is None:
            found = None
    return found


def open_subjects(condition: Condition, situation: Situation) -> list[str]:
    """The unknown subjects on which the condition, or an exception to it, still turns."""
    match condition:
        case Is(subject):
            return [subject] if situation.get(subject) is None else []
        case CountFrom():
            return ["people_count"] if situation.get("people_count") is None else []
        case Known():
            return []
        case Not(part) | Unless(part):
            return open_subjects(part, situation)
        case All(parts) | AnyOf(parts):
            settled = type(condition) is AnyOf
            if any(holds(part, situation) is settled for part in parts):
                return []
            return [found for part in parts for found in open_subjects(part, situation)]
