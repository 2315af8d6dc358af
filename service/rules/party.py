"""Parties 当事人 as they may be written down: numbers checked and cleaned, nothing guessed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from config.text import Malformed
from config.vocabulary import IdType, Language, PartyKind, PartyRole
from service.errors import Invalid
from service.rules import identity

UNIT_ENDINGS: Final = tuple(
    "公司 厂 店 商行 超市 合作社 委员会 村委会 居委会 嘎查委员会 人民政府 学校 医院 "
    "卫生院 银行 信用社 保险 中心 集团 项目部 工程队 局 站 农场 牧场 林场".split()
)


@dataclass(frozen=True, slots=True)
class PartyDraft:
    """One party, clean: canonical ID number and phone."""

    role: PartyRole
    kind: PartyKind
    name: str
    id_type: IdType | None = None
    id_number: str | None = None
    phone: str | None = None
    address: str | None = None
    language: Language = Language.CHINESE


def checked(parties: Sequence[Mapping[str, Any]], *, today: date) -> list[PartyDraft]:
    """The parties, clean; Invalid names every wrong field as `parties.<place>.<field>`."""
    problems: dict[str, list[str]] = {}
    drafts = [
        _draft(party, f"parties.{place}", today, problems) for place, party in enumerate(parties)
    ]
    if problems:
        raise Invalid(problems)
    return drafts


def kind_of(name: str) -> PartyKind:
    """What a ledger's bare name is, by its ending; what is not surely a unit is a person."""
    return PartyKind.ORGANISATION if name.endswith(UNIT_ENDINGS) else PartyKind.PERSON


def _draft(
    party: Mapping[str, Any], path: str, today: date, problems: dict[str, list[str]]
) -> PartyDraft:
    kind = PartyKind(party.get("kind") or PartyKind.PERSON)
    number, phone = party.get("id_number"), party.get("phone")
    id_type = _id_type(party, kind) if number else None

    def clean(field: str, value: str | None, cleaner: Callable[[str], str]) -> str | None:
        try:
            return cleaner(value) if value else None
        except Malformed as refusal:
            problems[f"{path}.{field}"] = [str(refusal)]
            return None

    return PartyDraft(
        role=PartyRole(party["role"]),
        kind=kind,
        name=party["name"],
        id_type=id_type,
        id_number=clean("id_number", number, lambda text: _clean_id(text, id_type, today)),
        phone=clean("phone", phone, identity.clean_phone),
        address=party.get("address"),
        language=Language(party.get("language") or Language.CHINESE),
    )


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
