"""The fields of 更正登记 as the templates draw them, each with what it said before."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from config.facts import FACTS, Fact, FactKind
from config.policy import Policy
from config.vocabulary import Authority, IdType, Language, PartyKind, PartyRole, Source
from config.words import label, labels
from service.queries.correction import Sibling
from service.queries.dispute import DisputeView
from service.queries.party import PartyView
from service.rules.party import SPEAKERS
from service.web import correction
from service.web.form import Form, described

SAFETY: Final = ("danger", "domestic_violence", "minor_victim", "crime_suspected")
FRESH_ROWS: Final = 1
WRITTEN: Final = {"phone": ("电话", 40), "id_number": ("证件号码", 40), "address": ("住址", 200)}
EMPTIED: Final = {"phone": "去掉电话", "id_number": "去掉证件号码", "address": "去掉住址"}
TRUTH: Final = (("", "不清楚"), ("true", "是"), ("false", "否"))
MANY: Final = 5  # people who come together choose representatives
MOST_FOLDED: Final = 2  # more parties than that stand folded
Field = dict[str, Any]
Option = tuple[str, str]


def sections(view: DisputeView, form: Form, policy: Policy, *, fresh: int) -> dict[str, Any]:
    """Every field of the page by its part; `fresh` rows for somebody new."""
    first = _first(view)
    return {
        "parties": [_party(each, view, form) for each in view.parties],
        "folded": len(view.parties) > MOST_FOLDED,
        "fresh": [_fresh(row, view, form) for row in range(fresh)],
        "matter": _matter(view, form, policy),
        "safety": [_fact(FACTS[name], view, form) for name in first],
        "facts": [_fact(each, view, form) for name, each in FACTS.items() if name not in first],
    }


def all_fields(view: DisputeView, form: Form, policy: Policy) -> list[Field]:
    """Every field there is, one after the other, for who has to find some of them again."""
    parts = sections(view, form, policy, fresh=correction.MOST_FRESH_ROWS)
    found = [
        dict(each, label=f"{party['heading']}：{each['label']}")
        for party in [*parts["parties"], *parts["fresh"]]
        for each in [*party["fields"], *party["more"], *party["boxes"]]
    ]
    return [*found, *parts["matter"], *parts["safety"], *parts["facts"], reason()]


def called(parts: Mapping[str, Any]) -> dict[str, str]:
    """What the fields of the parties are called where they stand apart from them, by name."""
    return {
        each["name"]: f"{party['heading']} {each['label']}"
        for party in [*parts["parties"], *parts["fresh"]]
        for each in [*party["fields"], *party["more"], *party["boxes"]]
    }


def reason() -> Field:
    """Why it is corrected."""
    hint = "例如：来访人带来身份证，名字写错一个字。别人在办理经过里看得到，不要写证件号码和电话。"
    return described("reason", "为什么更正", required=True, maxlength=200, hint=hint)


def siblings(found: Sequence[Sibling]) -> Field | None:
    """Whether the same people are corrected in the other disputes of the visit that may be."""
    numbers = "、".join(each.number for each in found if each.open)
    hint = f"{numbers}；新加、去掉的当事人和代表谁，要逐件更正。"
    text = "一并更正这些件里的同一个人"
    return described("siblings", text, "checkbox", hint=hint, conditional=True) if numbers else None


def _first(view: DisputeView) -> list[str]:
    """The facts that stand open: those about danger, those told, those the rules ask for."""
    asked = [str(each) for each in (view.route or {}).get("ask") or () if isinstance(each, str)]
    told = [*SAFETY, "government_party", *view.facts, *asked]
    return [name for name in dict.fromkeys(told) if name in FACTS]


def _matter(view: DisputeView, form: Form, policy: Policy) -> list[Field]:
    categories = [(code, each.label) for code, each in policy.categories.by_code.items()]
    make = _maker(view, form)
    return [
        *_plain_matter(make, categories),
        *_masked_matter(make, view),
    ]


def _plain_matter(make: Callable[..., Field], categories: list[Option]) -> list[Field]:
    return [
        make("category", "类别", "select", options=categories, required=True),
        make("narrative", "事情经过", "textarea", rows=5, maxlength=5000, required=True),
        make("place.village", "嘎查村、社区", maxlength=60),
        make("occurred_on", "发生日期", "date"),
        make("people_count", "涉及人数", "number", maxlength=6),
        make("amount", "涉及金额", "money", maxlength=20),
        make("source", "来源", "select", options=list(labels(Source).items()), required=True),
        make("source_reference", "来件编号", maxlength=100),
    ]


def _masked_matter(make: Callable[..., Field], view: DisputeView) -> list[Field]:
    """Where it was and who translates; masked the name stands empty, and stays so to be kept."""
    interpreter, hidden = view.interpreter, not view.clear
    asked = [
        make("place.detail", "详细地点", maxlength=200),
        make("interpreter", "改为翻译" if hidden and interpreter else "翻译", maxlength=80),
    ]
    if hidden and interpreter:
        asked.append(make(correction.NO_INTERPRETER, "去掉翻译", "checkbox"))
    return asked


def _fact(fact: Fact, view: DisputeView, form: Form) -> Field:
    make, name = _maker(view, form), f"facts.{fact.name}"
    if fact.kind is FactKind.DATE:
        return make(name, fact.label, "date")
    choices = TRUTH if fact.kind is FactKind.BOOLEAN else (("", "不清楚"), *fact.choices.items())
    return make(name, fact.label, "select", options=list(choices))


def _maker(view: DisputeView, form: Form) -> Callable[..., Field]:
    """Draws a field; one that says something else by now says what it said before."""
    stands = correction.standing(view)

    def make(name: str, text: str, kind: str = "text", **more: Any) -> Field:
        before, typed = stands.get(name, ""), str(form.values.get(name, ""))
        words = dict(more.get("options") or ()).get(before, before)
        other = typed.replace("\r\n", "\n").strip() != before
        hint = f"原来：{words or '没有写'}" if other and name in stands else ""
        return described(name, text, kind, **{"hint": hint, "conditional": True} | more)

    return make


def _party(party: PartyView, view: DisputeView, form: Form) -> dict[str, Any]:
    key = correction.key_of(party.id)
    make = _maker(view, form)
    others = [(correction.key_of(each.id), each) for each in view.parties if each.id != party.id]
    whom = [(k, f"{label(p.role)} {p.name}") for k, p in others if p.role not in SPEAKERS]
    stored: Mapping[str, str | None] = {
        "phone": party.phone,
        "id_number": party.id_number,
        "address": party.address,
    }
    boxes = [
        make(f"{key}.no_{name}", text, "checkbox") for name, text in EMPTIED.items() if stored[name]
    ]
    return {
        "key": key,
        "heading": f"{label(party.role)} {party.name}",
        "stands": _stands(party),
        "fields": _written(make, key, stored),
        "more": _chosen(make, key, whom, party.id_type is not None)
        + _representative(make, key, party, view),
        "boxes": [*boxes, make(f"{key}.gone", "去掉这一位当事人", "checkbox")],
        "speaks": party.role in SPEAKERS,
    }


def _fresh(row: int, view: DisputeView, form: Form) -> dict[str, Any]:
    key, make = f"new.{row}", _maker(view, form)
    whom = [
        (correction.key_of(each.id), f"{label(each.role)} {each.name}")
        for each in view.parties
        if each.role not in SPEAKERS
    ]
    whom += [
        (f"new.{other}", f"新加的第 {other + 1} 位")
        for other in map(int, correction.fresh_rows(form.values))
        if other != row
    ]
    return {
        "key": key,
        "row": row,
        "heading": f"新加的第 {row + 1} 位",
        "stands": "",
        "fields": _written(make, key, None),
        "more": _chosen(make, key, whom, known=False),
        "boxes": [],
        "speaks": False,
    }


def _stands(party: PartyView) -> str:
    """What is registered of a party, masked as everywhere."""
    number = f"{label(party.id_type)} {party.id_number}" if party.id_type else party.id_number
    told = {
        "电话": party.phone,
        "证件": number if party.id_number else None,
        "住址": party.address,
    }
    return "　".join(f"{name} {value or '没有写'}" for name, value in told.items())


def _written(
    make: Callable[..., Field], key: str, stored: Mapping[str, str | None] | None
) -> list[Field]:
    """The fields somebody writes; of a party that stands they are empty, and stay so to keep it."""
    stands = stored is not None
    asked = [make(f"{key}.name", "改为姓名" if stands else "姓名或名称", maxlength=100)]
    for name, (text, most) in WRITTEN.items():
        said = f"改为{text}" if stored and stored[name] else text
        asked.append(make(f"{key}.{name}", said, maxlength=most))
    return asked


def _chosen(make: Callable[..., Field], key: str, whom: list[Option], known: bool) -> list[Field]:
    papers = list(labels(IdType).items())
    asked = [
        make(f"{key}.role", "地位", "select", options=_roles(key)),
        make(f"{key}.kind", "个人/单位", "select", options=list(labels(PartyKind).items())),
        make(
            f"{key}.id_type",
            "证件种类",
            "select",
            options=papers if known else [("", "按个人、单位"), *papers],
        ),
        make(f"{key}.language", "语言", "select", options=list(labels(Language).items())),
    ]
    speaks = [
        make(f"{key}.represents", "代表谁", "select", options=[("", "不代表别人"), *whom]),
        make(
            f"{key}.authority",
            "代理权限",
            "select",
            options=[("", "权限不明"), *labels(Authority).items()],
        ),
    ]
    return [*asked, *speaks] if whom else asked


def _roles(key: str) -> list[Option]:
    """The roles; whoever comes later is mostly a third party."""
    known = labels(PartyRole)
    first = {PartyRole.THIRD_PARTY.value: known[PartyRole.THIRD_PARTY.value]}
    return list((first | known if key.startswith("new.") else known).items())


def _representative(
    make: Callable[..., Field], key: str, party: PartyView, view: DisputeView
) -> list[Field]:
    applicants = [each for each in view.parties if each.role is PartyRole.APPLICANT]
    many = len(applicants) >= MANY and party.role not in SPEAKERS
    if not (many or party.representative):
        return []
    yes_no = [("false", "不是"), ("true", "是")]
    return [make(f"{key}.representative", "代表人", "select", options=yes_no)]
