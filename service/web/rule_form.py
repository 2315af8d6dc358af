"""The form of one routing rule 分流规则: what it shows, and the row it makes of what was typed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from config import condition
from config.facts import FACTS, FactKind
from config.routing import Rulebook
from config.text import Malformed, clean_line
from config.vocabulary import Acceptance, Channel, DeclineGround, Grade, Level, OrganisationKind
from config.words import labels
from service.errors import Invalid
from service.rules import rule as rules
from service.rules.routing import Fault
from service.rules.rule import How, Line, Lines, Row
from service.web import rulebook as words
from service.web.door import desk

SPARE: Final = 3
MOST: Final = 40  # lines of a condition, and citations
HOWS: Final[tuple[tuple[str, str], ...]] = (
    (How.IS, "是"),
    (How.NOT, "已查明不是"),
    (How.UNLESS, "除非"),
)
MANY: Final = ("category", "assist", "go_to", "deadlines", "must_do", "must_not", "ask", "keep")
ONE: Final = ("accept", "channel", "lead", "level", "ground", "before")
DATED: Final = ("valid_from", "valid_to")
CITED: Final = ("law", "article", "grade", "valid_from", "valid_to")
DERIVED: Final = frozenset(words.SUBJECTS) - {"category", "people_count"}


def values(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a rule's row."""
    told = rules.lines_of(row.get("when", {}))
    shown: dict[str, Any] = {
        "title": row.get("title", ""),
        "category": list(told.categories),
        "people_from": "" if told.people_from is None else str(told.people_from),
        "keep": [str(place) for place in range(len(told.kept))],
        "reasons": "\n".join(row.get("reasons", ())),
        "level": row.get("level", "none"),
    }
    for place, line in enumerate(told.lines):
        shown[f"line.{place}.how"] = line.how.value
        shown[f"line.{place}.what"] = _word(line.subject, line.value)
    for name in ("accept", "channel", "lead", "ground"):
        shown[name] = row.get(name, "")
    for name in ("assist", "go_to", "deadlines", "must_do", "must_not", "ask"):
        shown[name] = list(row.get(name, ()))
    for name in DATED:
        shown[name] = row[name].isoformat() if name in row else ""
    for place, cited in enumerate(row.get("basis", ())):
        for name in CITED:
            shown[f"basis.{place}.{name}"] = str(cited.get(name, ""))
    return shown


def typed(posted: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed, to be shown again."""
    shown: dict[str, Any] = {name: text for name, text in posted.items() if name not in MANY}
    return shown | {name: posted.getlist(name) for name in MANY}


def row(posted: MultiDict[str, str], before: Mapping[str, Any]) -> Row:
    """The rule that was typed; what the form has no field for stays as in `before`.

    Raises Invalid at the fields that cannot be read.
    """
    problems: dict[str, list[str]] = {}
    told = _lines(posted, before, problems)
    made: Row = {
        "id": before["id"],
        "title": _line(posted, "title", "名称", problems),
        "accept": posted.get("accept", ""),
        "channel": posted.get("channel", ""),
        "lead": posted.get("lead", ""),
    }
    for name in ("assist", "go_to"):
        made |= _filled(name, posted.getlist(name))
    made |= {name: before[name] for name in ("presumed_organ", "split_off") if name in before}
    made |= _filled("level", posted.get("level", "none").removeprefix("none"))
    made |= _filled("ground", posted.get("ground", ""))
    made |= _filled("reasons", _texts(posted, problems))
    made |= _filled("basis", _cited(posted, problems))
    for name in ("deadlines", "must_do", "must_not", "ask"):
        made |= _filled(name, posted.getlist(name))
    for name in DATED:
        made |= _filled(name, _day(posted, name, problems))
    if problems:
        raise Invalid(problems)
    return made | {"when": rules.when_of(told)}


def kept(row: Mapping[str, Any]) -> list[str]:
    """The parts of a condition the form can only keep or leave, in words."""
    parts = rules.lines_of(row.get("when", {})).kept
    return [words.told(condition.read(part)) for part in parts]


def options(book: Rulebook, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """What may be chosen in each field; of long lists what is chosen stands in front."""
    policy = desk().policy
    offices = [*labels(OrganisationKind).items(), *words.TABLES.items()]
    asked = [(name, fact.label) for name, fact in FACTS.items()]
    clocks = {each.clock for each in book.starts}
    terms = [(name, policy.clocks[name].name) for name in sorted(clocks) if name in policy.clocks]
    long = {
        "assist": offices,
        "go_to": offices,
        "deadlines": terms,
        "must_do": list(book.must_do.items()),
        "must_not": list(book.must_not.items()),
        "ask": asked,
    }
    return {
        "accept": list(labels(Acceptance).items()),
        "channel": list(labels(Channel).items()),
        "lead": offices,
        "level": list(labels(Level).items()),
        "ground": [("", "（不填）"), *labels(DeclineGround).items()],
        "grade": [("", ""), *labels(Grade).items()],
        "category": [(code, each.label) for code, each in policy.categories.by_code.items()],
        "what": _whats(),
        "how": HOWS,
    } | {name: _chosen_first(listed, chosen.get(name, ())) for name, listed in long.items()}


def places(shown: Mapping[str, Any], name: str) -> range:
    """The numbered lines of the form: those that are filled, and some more."""
    taken = [int(each.split(".")[1]) for each in shown if each.startswith(f"{name}.")]
    return range(max(taken, default=-1) + 1 + SPARE)


def errors(found: Iterable[Fault], rule_id: str) -> dict[str, str]:
    """What a check found at this rule, at the form's fields."""
    told: dict[str, list[str]] = {}
    for each in found:
        if each.rule == rule_id:
            told.setdefault(_field(each.field), []).append(each.said)
    return {name: "；".join(said) for name, said in told.items()}


def _field(name: str | None) -> str:
    """Where the form has what a check calls so."""
    if name == "basis":
        return "basis.0.law"
    return "line.0.what" if name == "when" else name or ""


def _whats() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every fact with its values, grouped by the fact."""
    listed = [
        (fact.label, [(_word(name, each), words.value_of(name, each)) for each in fact.values])
        for name, fact in FACTS.items()
        if fact.kind is not FactKind.DATE
    ]
    worked_out = [(_word(name, True), words.SUBJECTS[name]) for name in sorted(DERIVED)]
    return [
        *((label, [(word, f"{label}：{said}") for word, said in each]) for label, each in listed),
        ("由期限算出", worked_out),
    ]


def _chosen_first(listed: Sequence[tuple[str, str]], chosen: Sequence[str]) -> dict[str, Any]:
    known = dict(listed)
    first = [(word, known.get(word, word)) for word in chosen]
    rest = [each for each in listed if each[0] not in chosen]
    return {"options": [*first, *rest], "usual": len(first)}


def _word(subject: str, value: bool | str) -> str:
    said = str(value).lower() if isinstance(value, bool) else value
    return f"{subject}={said}"


def _lines(
    posted: MultiDict[str, str], before: Mapping[str, Any], problems: dict[str, list[str]]
) -> Lines:
    stood = rules.lines_of(before.get("when", {})).kept
    chosen = {text for text in posted.getlist("keep") if text.isascii() and text.isdigit()}
    return Lines(
        categories=tuple(posted.getlist("category")),
        people_from=_people(posted, problems),
        lines=tuple(_told_lines(posted, problems)),
        kept=tuple(part for place, part in enumerate(stood) if str(place) in chosen),
    )


def _told_lines(posted: MultiDict[str, str], problems: dict[str, list[str]]) -> Iterable[Line]:
    for place in range(MOST):
        word = posted.get(f"line.{place}.what", "")
        how = posted.get(f"line.{place}.how", "")
        if not word:
            continue
        subject, _, text = word.partition("=")
        if how not in set(How) or not (subject in FACTS or subject in DERIVED):
            problems[f"line.{place}.what"] = ["请从列表里选"]
            continue
        yield Line(How(how), subject, {"true": True, "false": False}.get(text, text))


def _people(posted: MultiDict[str, str], problems: dict[str, list[str]]) -> int | None:
    text = posted.get("people_from", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 6 or int(text) == 0:
        problems["people_from"] = ["应为人数，例如 5"]
        return None
    return int(text)


def _line(posted: MultiDict[str, str], name: str, what: str, problems: Any, most: int = 60) -> str:
    try:
        text = clean_line(posted.get(name, ""), limit=10_000)
    except Malformed as refusal:
        problems[name] = [str(refusal)]
        return ""
    if not text or len(text) > most:
        problems[name] = [f"{what}请填写，最多 {most} 个字"]
    return text


def _texts(posted: MultiDict[str, str], problems: dict[str, list[str]]) -> list[str]:
    found = []
    for text in posted.get("reasons", "").splitlines():
        try:
            found.append(clean_line(text, limit=10_000))
        except Malformed as refusal:
            problems["reasons"] = [str(refusal)]
    if any(len(text) > 200 for text in found):
        problems["reasons"] = ["每条理由最多 200 个字，一行一条"]
    return [text for text in found if text]


def _cited(posted: MultiDict[str, str], problems: dict[str, list[str]]) -> list[Row]:
    found: list[Row] = []
    for place in range(MOST):
        path = f"basis.{place}"
        if not any(posted.get(f"{path}.{name}", "").strip() for name in CITED):
            continue
        cited: Row = {"law": _line(posted, f"{path}.law", "法律名称", problems)}
        cited["article"] = posted.get(f"{path}.article", "").strip()[:60]
        cited["grade"] = posted.get(f"{path}.grade", "")
        if cited["grade"] not in set(Grade):
            problems[f"{path}.grade"] = ["请选这条依据核对到什么程度"]
        for name in DATED:
            cited |= _filled(name, _day(posted, f"{path}.{name}", problems))
        found.append(cited)
    return found


def _day(posted: MultiDict[str, str], name: str, problems: dict[str, list[str]]) -> date | None:
    text = posted.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems[name] = ["日期应为 年-月-日"]
        return None


def _filled(name: str, value: Any) -> Row:
    return {name: value} if value else {}
