"""Writing one routing rule 分流规则 of a draft: its row as the text has it, and its condition
as the lines of a form.

A form has a line for one fact and one value; lines of one fact are alternatives, all else holds
together. What says more than that (alternatives of several facts, nesting) is kept as it stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from service.errors import Conflict, NotFound

Row = dict[str, Any]
FIRST_OWN: Final = "own."
MISSING: Final = "这份草稿里没有这条规则"


class How(StrEnum):
    """What a line says of its fact and value."""

    IS = "is"
    NOT = "not"
    UNLESS = "unless"


@dataclass(frozen=True, slots=True)
class Line:
    """One fact has, is known not to have, or has not been shown to have, a value."""

    how: How
    subject: str
    value: bool | str


@dataclass(frozen=True, slots=True)
class Lines:
    """A condition as a form shows it; `kept` are parts that no line can say, as tables."""

    categories: tuple[str, ...] = ()
    people_from: int | None = None
    lines: tuple[Line, ...] = ()
    kept: tuple[Row, ...] = field(default=())


def lines_of(when: Mapping[str, Any]) -> Lines:
    """The form of a condition table."""
    categories: tuple[str, ...] = ()
    people: int | None = None
    lines: list[Line] = []
    kept: list[Row] = []
    for key, raw in when.items():
        if key == "category":
            categories = tuple(_listed(raw))
        elif key == "people_count_from":
            people = int(raw)
        elif key in ("any", "known"):
            kept.append({key: raw})
        elif key in (How.NOT, How.UNLESS):
            _take(How(key), raw, lines, kept)
        elif key == "all":
            for part in raw:
                _take_part(part, lines, kept)
        else:
            lines += [Line(How.IS, key, value) for value in _listed(raw)]
    return Lines(categories, people, tuple(lines), tuple(kept))


def when_of(told: Lines) -> Row:
    """The condition table of a form."""
    when: Row = {}
    if told.categories:
        when["category"] = _short(told.categories)
    if told.people_from is not None:
        when["people_count_from"] = told.people_from
    parts: list[Row] = []
    for how in How:
        for subject, values in _by_subject(told.lines, how).items():
            if how is How.IS:
                when[subject] = _short(values)
            else:
                parts.append({how.value: {subject: _short(values)}})
    _add(when, [*parts, *told.kept])
    return when


def rows(table: Mapping[str, Any]) -> list[Row]:
    """The rules of a rulebook's tables, in their order."""
    listed: list[Row] = table["rule"]
    return listed


def one(table: Mapping[str, Any], rule_id: str) -> Row:
    """The row of a rule. Raises NotFound."""
    return rows(table)[_place(table, rule_id)]


def put(table: Mapping[str, Any], row: Row, before: str | None) -> Row:
    """The tables with a rule written anew, or added, in front of the rule `before`.

    Without `before` it stays where it is; a new one goes in front of the last, which catches all.
    """
    listed = [*rows(table)]
    ids = [each["id"] for each in listed]
    stood = ids.index(row["id"]) if row["id"] in ids else None
    if stood is not None:
        listed.pop(stood)
    if before is not None and before != row["id"]:
        place = next((n for n, each in enumerate(listed) if each["id"] == before), None)
        if place is None:
            raise NotFound(MISSING)
    else:
        place = stood if stood is not None else len(listed) - 1
    listed.insert(place, row)
    return {**table, "rule": listed}


def without(table: Mapping[str, Any], rule_id: str) -> Row:
    """The tables without a rule. Raises Conflict for the last one, which catches all."""
    place = _place(table, rule_id)
    listed = [*rows(table)]
    if place == len(listed) - 1:
        raise Conflict("最后一条规则兜底，不能删去")
    listed.pop(place)
    return {**table, "rule": listed}


def new_id(table: Mapping[str, Any]) -> str:
    """A name for a rule of the town's own that no rule of these has."""
    taken = {each["id"] for each in rows(table)}
    return next(name for n in range(1, len(taken) + 2) if (name := f"{FIRST_OWN}{n}") not in taken)


def _place(table: Mapping[str, Any], rule_id: str) -> int:
    found = next((n for n, each in enumerate(rows(table)) if each["id"] == rule_id), None)
    if found is None:
        raise NotFound(MISSING)
    return found


def _take_part(part: Row, lines: list[Line], kept: list[Row]) -> None:
    if len(part) == 1 and next(iter(part)) in (How.NOT, How.UNLESS):
        [(key, raw)] = part.items()
        _take(How(key), raw, lines, kept)
    else:
        kept.append({"all": [part]})


def _take(how: How, raw: Row, lines: list[Line], kept: list[Row]) -> None:
    """An exception about one fact is lines; one about more is kept."""
    simple = len(raw) == 1 and not {*raw} & {"any", "all", "not", "unless", "known", *_OWN_FIELDS}
    if not simple:
        kept.append({how.value: raw})
        return
    [(subject, value)] = raw.items()
    lines += [Line(how, subject, each) for each in _listed(value)]


_OWN_FIELDS: Final = ("category", "people_count_from")


def _add(when: Row, parts: Sequence[Row]) -> None:
    """Put tables beside what is there; a second one under the same key goes below `all`."""
    below: list[Row] = []
    for part in parts:
        [(key, raw)] = part.items()
        if key == "all":
            below += raw
        elif key in when:
            below.append(part)
        else:
            when[key] = raw
    if below:
        when["all"] = below


def _by_subject(lines: Iterable[Line], how: How) -> dict[str, list[bool | str]]:
    found: dict[str, list[bool | str]] = {}
    for line in lines:
        if line.how is how and line.value not in found.setdefault(line.subject, []):
            found[line.subject].append(line.value)
    return found


def _listed(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else [raw]


def _short(values: Sequence[Any]) -> Any:
    return values[0] if len(values) == 1 else list(values)
