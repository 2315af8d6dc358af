"""登记来访: what the fields of the form are called, for the summary of what is wrong with them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from config.facts import FACTS
from config.vocabulary import PartyRole
from config.words import label

OF_A_PARTY: Final[Mapping[str, str]] = {
    "role": "地位",
    "name": "姓名或名称",
    "kind": "是个人还是单位",
    "phone": "电话",
    "id_type": "证件",
    "id_number": "证件号码",
    "language": "语言",
    "address": "住址",
    "represents": "代表谁",
    "authority": "代理权限",
    "representative": "是否代表人",
}
OF_A_MATTER: Final[Mapping[str, str]] = {
    "category": "纠纷类别",
    "narrative": "经过",
    "amount": "涉及金额",
}
OF_THE_VISIT: Final[Mapping[str, str]] = {
    **OF_A_MATTER,
    "narrative": "事情经过",
    "interpreter": "翻译",
    "roster": "名单",
    "place.village": "嘎查村、社区",
    "place.detail": "详细地点",
    "occurred_on": "发生日期",
    "people_count": "涉及人数",
    "source": "来源",
    "source_reference": "来件编号",
    "restricted": "限制查阅",
    "facts.government_party": "有没有行政机关是一方",
}
_ROW: Final = re.compile(r"(parties|matters)\.(\d{1,4})\.(.+)", re.ASCII)


def named(
    names: Iterable[str], parties: Sequence[Mapping[str, Any]], matters: Sequence[str]
) -> dict[str, str]:
    """What each of the fields `names` is called; a field nobody can see has no name.

    `parties` are the rows as the page draws them, `matters` the numbers of the further ones.
    """
    rows = {str(each["row"]): _who(place, each) for place, each in enumerate(parties, 1)}
    places = {row: f"第 {place} 件" for place, row in enumerate(matters, 2)}
    return {name: text for name in names if (text := _named(name, rows, places))}


def _named(name: str, rows: Mapping[str, str], places: Mapping[str, str]) -> str:
    found = _ROW.fullmatch(name)
    if found is None:
        return OF_THE_VISIT.get(name) or _fact(name)
    top, row, rest = found.groups()
    if top == "parties":
        return f"{rows[row]}{OF_A_PARTY[rest]}" if row in rows and rest in OF_A_PARTY else ""
    told = OF_A_MATTER.get(rest) or _fact(rest)
    return f"{places[row]}的{told}" if row in places and told else ""


def _fact(name: str) -> str:
    fact = FACTS.get(name.removeprefix("facts."))
    return fact.label if fact else ""


def _who(place: int, party: Mapping[str, Any]) -> str:
    role = party["role"] if party["role"] in set(PartyRole) else PartyRole.THIRD_PARTY
    if party["listed"]:
        return f"{label(PartyRole.APPLICANT)}第 {party['place']} 位"
    if party["fixed"]:
        return label(PartyRole(role))
    return f"第 {place} 位（{label(PartyRole(role))}）"
