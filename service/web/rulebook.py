"""Rules 分流规则 in words a director understands: when what holds, who takes it, by which law."""

from collections.abc import Iterable, Mapping
from datetime import date
from difflib import SequenceMatcher
from typing import Any, Final

from config import routing_text
from config.condition import All, AnyOf, Condition, CountFrom, Is, Known, Not, Unless
from config.facts import FACTS, FactKind
from config.routing import Rule, Rulebook
from config.vocabulary import Acceptance, DeclineGround, Level, OrganisationKind
from config.words import label
from service.queries.rulebook import VersionView
from service.rules.routing import Fault
from service.rules.rulebook import Rulebooks
from service.web import show
from service.web.door import desk
from service.web.route import basis

TABLES: Final[Mapping[str, str]] = {
    "@review": "复议机关",
    "@suit": "有管辖权的法院",
    "@agency": "主管部门",
    "@arbitration": "仲裁机构",
    "@keeper": "原来的主管单位",
    "@remedy": "其他途径",
}
SUBJECTS: Final[Mapping[str, str]] = {
    "category": "纠纷类型",
    "people_count": "人数",
    "traffic_apply_late": "申请交警调解已经逾期",
    "consumer_claim_late": "消费投诉已经过了时效",
    "review_closing": "申请复议的期限快到了",
    "review_late": "申请复议可能已经逾期",
    "suit_closing": "起诉的期限快到了",
    "suit_late": "起诉可能已经逾期",
    "answer_closing": "答辩的期限快到了",
    "labour_closing": "劳动仲裁时效快到了",
    "labour_late": "劳动仲裁时效可能已过",
    "land_closing": "土地仲裁时效快到了",
    "land_late": "土地仲裁时效可能已过",
}
# what a field of a rule is called where a fault stands at it
FIELDS: Final[Mapping[str, str]] = {
    "title": "名称",
    "when": "条件",
    "accept": "结论",
    "channel": "调解方式",
    "lead": "牵头单位",
    "assist": "协助单位",
    "go_to": "去向",
    "ground": "不受理的理由",
    "reasons": "理由",
    "basis": "依据",
    "deadlines": "期限",
    "must_do": "应做事项",
    "must_not": "不得事项",
    "ask": "追问的要素",
    "level": "预警等级",
    "presumed_organ": "推定的决定机关",
    "split_off": "拆分出去的要素",
    "valid_from": "启用的日子",
    "valid_to": "停用的日子",
}


def told(condition: Condition) -> str:
    """A condition in words."""
    if condition == All(()):
        return "其他一切情形"
    return "，并且".join(parts(condition))


def parts(condition: Condition) -> list[str]:
    """The parts that hold together, each in words."""
    listed = condition.parts if isinstance(condition, All) else (condition,)
    return [_part(each) for each in listed]


def _part(condition: Condition) -> str:
    match condition:
        case Is(subject, values):
            return _is(subject, values)
        case CountFrom(number):
            return f"涉及 {number} 人以上"
        case Known(subject):
            return f"知道{name_of(subject)}"
        case Not(part) | Unless(part):
            return f"{'除非' if isinstance(condition, Unless) else '已查明不是'}（{told(part)}）"
        case AnyOf(listed):
            return "以下之一：" + "；或者".join(map(told, listed))
        case All():
            return told(condition)


def _is(subject: str, values: Iterable[bool | str]) -> str:
    listed = sorted(values, key=str)
    name = name_of(subject)
    if listed == [True]:
        return name if subject in SUBJECTS else f"{name}：是"
    if listed == [False]:
        return f"没有{name}" if subject in SUBJECTS else f"{name}：否"
    said = [value_of(subject, value) for value in listed]
    return f"{name}是“{said[0]}”" if len(said) == 1 else f"{name}是其中之一：{'、'.join(said)}"


def name_of(subject: str) -> str:
    """What a subject of a condition is called."""
    fact = FACTS.get(subject)
    return fact.label if fact else SUBJECTS.get(subject, subject)


def value_of(subject: str, value: bool | str) -> str:
    """What one of its values is called."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if subject == "category":
        return show.category(value, desk().policy, unknown=value)
    fact = FACTS.get(subject)
    known = fact is not None and fact.kind is FactKind.CHOICE
    return fact.choices.get(value, value) if fact and known else value


def office(word: str) -> str:
    """An organisation kind, or what a table looks up."""
    if not word.startswith("@"):
        return label(OrganisationKind(word)) if word in set(OrganisationKind) else word
    return TABLES.get(word, f"按“{word[1:]}”表查出的单位")


def outcome(rule: Rule) -> str:
    """Where a rule sends a dispute, in one sentence."""
    lead = office(rule.lead)
    if rule.accept is Acceptance.YES:
        return f"受理，{label(rule.channel)}，由{lead}办理"
    if rule.accept is Acceptance.PROTECT:
        return f"先保护人，由{lead}处置"
    if rule.accept is Acceptance.SPLIT:
        return f"拆成几件分别办理，由{lead}统筹"
    if rule.accept is Acceptance.MANUAL:
        return f"由中心主任判断去向，{lead}牵头"
    doors = [each for word in rule.effect.go_to if (each := office(word)) != lead]
    return f"不适用调解，由{lead}引导到{'、'.join(doors)}" if doors else f"不适用调解，引导到{lead}"


def dates(rule: Rule) -> str:
    """When a rule holds, where that is not always."""
    begun = f"{show.day(rule.valid_from, year=0)}起启用" if rule.valid_from else ""
    ended = f"{show.day(rule.valid_to, year=0)}后停用" if rule.valid_to else ""
    return "，".join(filter(None, (begun, ended)))


def row(rule: Rule, place: int, book: Rulebook) -> dict[str, Any]:
    """A rule in full words."""
    return {
        "id": rule.id,
        "place": place,
        "title": rule.title,
        "when": told(rule.when),
        "when_parts": parts(rule.when),
        "outcome": outcome(rule),
        "accept": rule.accept.value,
        "channel": rule.channel.value,
        "lead": rule.lead,
        "lead_text": office(rule.lead),
        "assist": list(rule.effect.assist),
        "assist_text": [office(word) for word in rule.effect.assist],
        "go_to": list(rule.effect.go_to),
        "go_to_text": [office(word) for word in rule.effect.go_to],
        "ground": rule.ground.value if rule.ground else None,
        "ground_text": label(DeclineGround(rule.ground)) if rule.ground else None,
        "level": rule.level.value,
        "level_text": "" if rule.level is Level.NONE else label(rule.level),
        "reasons": list(rule.effect.reasons),
        "basis": [each.as_dict() for each in rule.effect.basis],
        "basis_text": [basis(**each.as_dict()) for each in rule.effect.basis],
        "deadlines": list(rule.effect.deadlines),
        "must_do": _texts(rule.effect.must_do, book.must_do),
        "must_not": _texts(rule.effect.must_not, book.must_not),
        "ask": list(rule.ask),
        "valid_from": rule.valid_from.isoformat() if rule.valid_from else None,
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
        "dates": dates(rule),
    }


def _texts(codes: Iterable[str], known: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"code": code, "text": known.get(code, code)} for code in codes]


def rows(book: Rulebook) -> list[dict[str, Any]]:
    """All rules in their order."""
    return [row(rule, place, book) for place, rule in enumerate(book.rules, 1)]


def version(view: VersionView, books: Rulebooks, today: date) -> dict[str, Any]:
    """A version as programs and pages read it; `governs` says that it is the one of today."""
    instants = ("made_at", "changed_at", "published_at", "withdrawn_at")
    return {
        "number": view.number,
        "title": view.title,
        "note": view.note,
        "state": view.state.value,
        "state_text": label(view.state),
        "based_on": view.based_on,
        "in_force_from": view.in_force_from.isoformat() if view.in_force_from else None,
        "governs": books.on(today).version == view.number,
        "made_by": view.made_by,
        "published_by": view.published_by,
        "withdrawn_by": view.withdrawn_by,
        "version": view.version,
    } | {name: _instant(getattr(view, name)) for name in instants}


def _instant(value: Any) -> str | None:
    return value.isoformat() if value else None


def fault(found: Fault) -> dict[str, str | None]:
    """One thing that is wrong, and where."""
    return {"rule": found.rule, "field": found.field, "text": found.text}


def differences(before: Rulebook, after: Rulebook) -> list[dict[str, Any]]:
    """What is different rule by rule, in words: added, taken out, moved, changed."""
    was, becomes = ({each.id: each for each in book.rules} for book in (before, after))
    found = []
    for rule in after.rules:
        if rule.id not in was:
            found.append(_different(rule, "新增", [("去向", "", outcome(rule))]))
            continue
        told = _fields(was[rule.id], before, rule, after)
        if told:
            found.append(_different(rule, "修改", told))
    both = was.keys() & becomes.keys()
    stood, stands = ([each for each in ids if each in both] for ids in (was, becomes))
    for each in _moved(stood, stands):
        order = ("次序", _behind(stood, each, was), _behind(stands, each, becomes))
        found.append(_different(becomes[each], "移动", [order]))
    gone = (rule for rule in before.rules if rule.id not in becomes)
    return [*found, *(_different(rule, "删去", [("去向", outcome(rule), "")]) for rule in gone)]


def differ_elsewhere(before: Rulebook, after: Rulebook) -> bool:
    """Whether anything but the rules is different: tables, companions, starts, texts."""
    told = (
        {k: v for k, v in routing_text.read(book.text).items() if k not in ("version", "rule")}
        for book in (before, after)
    )
    return next(told) != next(told)


def _different(rule: Rule, what: str, told: list[tuple[str, str, str]]) -> dict[str, Any]:
    changes = [{"field": name, "before": old, "after": new} for name, old, new in told]
    return {"id": rule.id, "title": rule.title, "what": what, "changes": changes}


SHOWN_FIELDS: Final = (
    ("名称", "title"),
    ("条件", "when"),
    ("去向", "outcome"),
    ("协助单位", "assist_text"),
    ("其他去处", "go_to_text"),
    ("不受理的理由", "ground_text"),
    ("预警等级", "level_text"),
    ("理由", "reasons"),
    ("依据", "basis_text"),
    ("期限", "deadlines"),
    ("应做事项", "must_do"),
    ("不得事项", "must_not"),
    ("追问的要素", "ask"),
    ("启用停用", "dates"),
)


def _fields(was: Rule, before: Rulebook, rule: Rule, after: Rulebook) -> list[tuple[str, str, str]]:
    old, new = row(was, 0, before), row(rule, 0, after)
    return [
        (name, _text(old[key]), _text(new[key]))
        for name, key in SHOWN_FIELDS
        if old[key] != new[key]
    ]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "；".join(each["text"] if isinstance(each, dict) else str(each) for each in value)
    return str(value or "")


def _moved(stood: list[str], stands: list[str]) -> list[str]:
    """The fewest rules whose moving makes the one order of the other."""
    same = SequenceMatcher(None, stood, stands, autojunk=False).get_matching_blocks()
    kept = {each for block in same for each in stands[block.b : block.b + block.size]}
    return [each for each in stands if each not in kept]


def _behind(order: list[str], rule_id: str, known: Mapping[str, Rule]) -> str:
    place = order.index(rule_id)
    return f"在“{known[order[place - 1]].title}”之后" if place else "第一条"
