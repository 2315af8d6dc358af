"""How it is told on what data is processed 处理依据: the duty in one line, whose consent is due."""

from collections.abc import Iterable
from typing import Any

from flask import url_for

from config.privacy import Duty
from config.vocabulary import BasisGround
from config.words import label
from service.queries import basis as queries
from service.queries.basis import BasisView
from service.queries.dispute import Opened
from service.web.door import desk


def duty(told: Duty) -> str:
    """登记、分流和调解矛盾纠纷（《个人信息保护法》第13条……）."""
    return f"{told.text}（{told.law}{told.article}）"


def default_line() -> str:
    """The centre's own duty, with what it covers."""
    return duty(desk().policy.privacy.default)


def briefly() -> str:
    """What stands in the intake form, where nothing has to be done about it."""
    told = desk().policy.privacy.default
    return f"{label(BasisGround.STATUTORY)}（{told.law}{told.article}）"


def section(opened: Opened) -> dict[str, Any]:
    """The one line of a dispute's page, and the way to all of it."""
    found = queries.of_dispute(opened, desk())
    consents = [each for each in found if each.ground is not BasisGround.STATUTORY]
    stand = [label(each.ground) for each in consents if each.withdrawn_on is None]
    gone = len(consents) - len(stand)
    told = [label(BasisGround.STATUTORY), *dict.fromkeys(stand)]
    return {
        "text": "、".join(told) + (f"；{gone} 条同意已撤回" if gone else ""),
        "hint": hint(opened, found),
        "url": url_for("basis.listed", dispute_id=opened.view.id),
    }


def hint(opened: Opened, bases: Iterable[BasisView]) -> str:
    """Whose guardian's consent is still due; it never holds anything up."""
    people = [opened.view.parties[place] for place in queries.without_consent(opened, bases)]
    who = "、".join(f"{label(each.role)} {each.name}" for each in people)
    return f"{who} 未满 14 周岁，还没有记下监护人的同意" if who else ""
