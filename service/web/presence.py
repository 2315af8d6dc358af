"""Who is on duty at a unit today and what it does not take, for whoever sends a dispute there."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from service.queries import duty_list
from service.queries.duty_list import ABSENT, Present
from service.queries.organisation import OrganisationView
from service.rules.member import accepts
from service.web.door import desk, now


def today(units: Iterable[OrganisationView]) -> Mapping[UUID, Present]:
    """What is to be known of these units today; one that is no member is not among them."""
    ids = [each.id for each in units]
    return duty_list.present(ids, day=desk().today(now()), calendar=desk().calendar)


def told(unit: OrganisationView, category: str, there: Mapping[UUID, Present]) -> dict[str, Any]:
    """值班 张某，电话, and why the unit does not take the category; empty where it does."""
    present = there.get(unit.id, ABSENT)
    phone = present.phone or unit.phone or ""
    parts = [f"值班 {'、'.join(present.names)}" if present.names else ""]
    parts += [f"电话 {phone}" if phone else ""]
    return {
        "duty": "，".join(filter(None, parts)),
        "refuses": accepts(present.remit, category).told,
    }


def option(
    unit: OrganisationView, category: str, there: Mapping[UUID, Present], load: str = ""
) -> tuple[str, str]:
    """The unit as a choice of a form: 某某派出所（在办 3 件；不受理这一类：要先鉴定）."""
    refuses = accepts(there.get(unit.id, ABSENT).remit, category).told
    said = [load, f"不受理这一类：{refuses}" if refuses else ""]
    about = "；".join(filter(None, said))
    return str(unit.id), f"{unit.name}（{about}）" if about else unit.name
