"""Parties 当事人 as they may be written down: numbers checked and cleaned, nothing guessed."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from config.text import Malformed
from config.vocabulary import Authority, IdType, Language, PartyKind, PartyRole
from service.errors import Invalid
from service.rules import identity

# endings of names that only units 单位 have; of one character only in a name of three or more
UNIT_ENDINGS: Final = tuple(
    "公司 厂 店 商行 超市 合作社 委员会 村委会 居委会 嘎查委员会 人民政府 政府 学校 小学 中学 "
    "幼儿园 医院 卫生院 卫生室 银行 信用社 保险 中心 集团 项目部 工程队 局 站 农场 牧场 林场 "
    "街道办 办事处 派出所 事务所 法院 检察院 饭店 酒店 宾馆 经营部 门市部 工作室 协会 商会 工会 "
    "联合会 合作联社 村民小组".split()
)
LEAST_LETTERS: Final = 3
MOST_REPRESENTATIVES: Final = 5  # 信访工作条例 art. 20
SPEAKERS: Final = frozenset({PartyRole.AGENT, PartyRole.GUARDIAN})
# told beside a field that is called 电话 already and is narrow
AT_FIELD: Final = {"phone-shape": "应为 11 位手机号或带区号座机"}
_NUMBER_IN_NAME: Final = re.compile(r"\d{15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PartyDraft:
    """One party, clean: canonical ID number and phone.

    `represents` is the place, counted from 0, of the party an agent or a guardian speaks for.
    """

    role: PartyRole
    kind: PartyKind
    name: str
    id_type: IdType | None = None
    id_number: str | None = None
    phone: str | None = None
    address: str | None = None
    language: Language = Language.CHINESE
    represents: int | None = None
    authority: Authority | None = None
    representative: bool = False


def checked(parties: Sequence[Mapping[str, Any]], *, today: date) -> list[PartyDraft]:
    """The parties, clean; Invalid names every wrong field as `parties.<place>.<field>`."""
    drafts, problems = _judged(parties, today)
    if problems:
        raise Invalid(problems)
    return drafts


def faults(
    parties: Sequence[Mapping[str, Any]], people_count: int | None, *, today: date
) -> dict[str, list[str]]:
    """Everything wrong with the parties and their number, each at its field.

    What is not there yet, a name or a role, is not judged.
    """
    drafts, problems = _judged(parties, today)
    try:
        check_head_count(drafts, people_count)
    except Invalid as refusal:
        problems |= refusal.fields
    return problems


def _judged(
    parties: Sequence[Mapping[str, Any]], today: date
) -> tuple[list[PartyDraft], dict[str, list[str]]]:
    problems: dict[str, list[str]] = {}
    drafts = [
        _draft(party, f"parties.{place}", today, problems) for place, party in enumerate(parties)
    ]
    for place, draft in enumerate(drafts):
        _check_speaker(draft, f"parties.{place}", drafts, problems)
    chosen = [place for place, draft in enumerate(drafts) if draft.representative]
    for place in chosen[MOST_REPRESENTATIVES:]:
        told = f"代表人最多 {MOST_REPRESENTATIVES} 人（《信访工作条例》第20条）"
        problems[f"parties.{place}.representative"] = [told]
    return drafts, problems


def kind_of(name: str) -> PartyKind:
    """What a bare name is, by its ending; what is not surely a unit is a person."""
    return PartyKind.ORGANISATION if unit_ending(name) else PartyKind.PERSON


def unit_ending(name: str) -> str | None:
    """The ending that makes a name one of a unit 单位, 公司 of 路桥公司; None without one."""
    told = name.strip()
    found = (each for each in UNIT_ENDINGS if told.endswith(each))
    longest = max(found, key=len, default=None)
    return longest if longest and (len(longest) > 1 or len(told) >= LEAST_LETTERS) else None


def check_head_count(parties: Sequence[PartyDraft], people_count: int | None) -> None:
    """The head count 涉及人数 may be more than the people named, never less; raises Invalid."""
    named = sum(1 for p in parties if p.role is PartyRole.APPLICANT and p.kind is PartyKind.PERSON)
    if people_count is not None and people_count < named:
        raise Invalid({"people_count": [f"涉及人数不能少于已经写明的 {named} 名申请人"]})


def children(parties: Sequence[Mapping[str, Any]], *, today: date) -> dict[int, tuple[int, ...]]:
    """Places of the people under fourteen by their ID number, each with those of its guardians.

    Their data is sensitive and needs a guardian's consent (个人信息保护法 arts. 28, 31). Read as
    by `minors`.
    """
    guardians = {
        place: party.get("represents")
        for place, party in enumerate(parties)
        if party.get("role") == PartyRole.GUARDIAN
    }
    return {
        place: tuple(each for each, whom in guardians.items() if whom in (place, None))
        for place, party in enumerate(parties)
        if party.get("role") not in SPEAKERS and _is_under(identity.CONSENT_AGE, party, today)
    }


def minors(parties: Sequence[Mapping[str, Any]], *, today: date) -> dict[int, bool]:
    """Places of the people under eighteen by their ID number, and whether a guardian stands there.

    Parties as they were typed: a number that cannot be read says nothing. A guardian who does not
    say for whom stands for everybody.
    """
    guarded = {
        party.get("represents") for party in parties if party.get("role") == PartyRole.GUARDIAN
    }
    return {
        place: bool(guarded & {place, None})
        for place, party in enumerate(parties)
        if party.get("role") not in SPEAKERS and _is_minor(party, today)
    }


def _is_minor(party: Mapping[str, Any], today: date) -> bool:
    return _is_under(identity.ADULT_AGE, party, today)


def _is_under(age: int, party: Mapping[str, Any], today: date) -> bool:
    kind = PartyKind(party.get("kind") or PartyKind.PERSON)
    number = party.get("id_number")
    if not number or kind is not PartyKind.PERSON or _id_type(party, kind) != IdType.RESIDENT_ID:
        return False
    try:
        return identity.age_on(identity.clean_resident_id(number, today), today) < age
    except Malformed:
        return False


def _draft(
    party: Mapping[str, Any], path: str, today: date, problems: dict[str, list[str]]
) -> PartyDraft:
    kind = PartyKind(party.get("kind") or PartyKind.PERSON)
    number, phone = party.get("id_number"), party.get("phone")
    id_type = _id_type(party, kind) if number else None
    if _NUMBER_IN_NAME.search(unicodedata.normalize("NFKC", party.get("name") or "")):
        problems[f"{path}.name"] = ["姓名栏里是证件号码，请填到证件号码一栏，这里写姓名"]

    def clean(field: str, value: str | None, cleaner: Callable[[str], str]) -> str | None:
        try:
            return cleaner(value) if value else None
        except Malformed as refusal:
            problems[f"{path}.{field}"] = [AT_FIELD.get(refusal.code, refusal.reason)]
            return None

    return PartyDraft(
        role=PartyRole(party.get("role") or PartyRole.THIRD_PARTY),
        kind=kind,
        name=party.get("name") or "",
        id_type=id_type,
        id_number=clean("id_number", number, lambda text: _clean_id(text, id_type, today)),
        phone=clean("phone", phone, identity.clean_phone),
        address=party.get("address"),
        language=Language(party.get("language") or Language.CHINESE),
        represents=party.get("represents"),
        authority=Authority(party["authority"]) if party.get("authority") else None,
        representative=bool(party.get("representative")),
    )


def _check_speaker(
    draft: PartyDraft, path: str, drafts: Sequence[PartyDraft], problems: dict[str, list[str]]
) -> None:
    """Who speaks for whom: an agent or a guardian for a party itself, a guardian for a person."""
    if draft.represents is not None and (told := _why_not_for(draft, drafts)):
        problems[f"{path}.represents"] = [told]
    if draft.authority and draft.role is not PartyRole.AGENT:
        problems[f"{path}.authority"] = ["只有代理人要写代理权限"]
    if draft.representative and draft.role in SPEAKERS:
        problems[f"{path}.representative"] = ["代表人要从当事人中推选，代理人、监护人不能当代表人"]


def _why_not_for(draft: PartyDraft, drafts: Sequence[PartyDraft]) -> str | None:
    if draft.role not in SPEAKERS:
        return "只有代理人、监护人要写代表谁"
    place = draft.represents or 0
    if place >= len(drafts) or drafts[place].role in SPEAKERS:
        return "代表的应是申请人、被申请人或第三人"
    if draft.role is PartyRole.GUARDIAN and drafts[place].kind is PartyKind.ORGANISATION:
        return "监护人只能代表个人"
    return None


def _id_type(party: Mapping[str, Any], kind: PartyKind) -> IdType:
    """What was said, else the document that kind of party has."""
    said = party.get("id_type")
    if said:
        return IdType(said)
    return IdType.USCC if kind is PartyKind.ORGANISATION else IdType.RESIDENT_ID


def _clean_id(text: str, id_type: IdType | None, today: date) -> str:
    if id_type is IdType.RESIDENT_ID:
        return identity.clean_resident_id(text, today)
    if id_type is IdType.USCC:
        return identity.clean_uscc(text)
    return text
