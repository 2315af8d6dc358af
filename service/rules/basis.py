"""Consents 同意 as they may be written down: of whom, by whom, for what, when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from config.vocabulary import BasisGround, PartyRole
from service.errors import Invalid


@dataclass(frozen=True, slots=True)
class Told:
    """A consent as it was told."""

    ground: BasisGround
    party: UUID | None
    given_by: UUID | None
    scope: str | None
    obtained_on: date


def check(told: Told, roles: Mapping[UUID, PartyRole], *, today: date) -> None:
    """Invalid at every wrong field; `roles` are those of the dispute's parties.

    Sensitive data is consented to for a stated purpose (个人信息保护法 art. 29), for a child under
    fourteen by a guardian (art. 31).
    """
    problems = _of_guardian(told, roles) if told.ground is BasisGround.GUARDIAN else _of_self(told)
    if told.ground is BasisGround.STATUTORY:
        problems = {"ground": "法定职责在登记时已经记下，这里记同意"}
    if told.obtained_on > today:
        problems["obtained_on"] = "同意的日期不能晚于今天"
    if told.party is not None and told.party not in roles:
        problems["party"] = "这件纠纷没有这位当事人"
    if problems:
        raise Invalid({name: [said] for name, said in problems.items()})


def _of_guardian(told: Told, roles: Mapping[UUID, PartyRole]) -> dict[str, str]:
    problems = {} if told.party else {"party": "请选择是哪个孩子"}
    named = roles.get(told.given_by) if told.given_by else None
    if named is not PartyRole.GUARDIAN:
        problems["given_by"] = "请选择监护人；还没有登记的，先在“更正登记”里加上监护人"
    return problems


def _of_self(told: Told) -> dict[str, str]:
    problems = {"given_by": "只有监护人同意要写监护人"} if told.given_by else {}
    return problems if told.scope else problems | {"scope": "请写明同意用什么信息、做什么用"}
