"""The steps of the first-run set-up 初始设置: how far each of them is."""

from typing import Any, Final

from flask import url_for

from service.errors import NotFound
from service.queries import organisation as organisations
from service.queries import setup as queries
from service.queries.organisation import OrganisationCard
from service.queries.setup import SetupView
from service.web.door import desk, now

UNNAMED: Final = "本中心（还没有起名）"
STEPS: Final = (
    ("setup.centre", "1 本中心"),
    ("setup_unit.units", "2 单位和村"),
    ("setup_people.people", "3 账户"),
    ("setup.check", "4 核对"),
)


def state() -> SetupView:
    """How far it is."""
    return queries.state(desk().policy, desk().today(now()))


def centre() -> OrganisationCard:
    """The centre to describe; NotFound before the first administrator was made."""
    found = organisations.centre()
    if found is None:
        raise NotFound("还没有本中心，请先在服务器上运行 fengqiao user create-admin")
    return organisations.one(found.id)


def steps(state: SetupView, current: str = "") -> list[dict[str, Any]]:
    """The bar of steps as components/setup_steps.html draws it."""
    told = {
        "setup.centre": _centre_state(state),
        "setup_unit.units": (state.units > 0, f"已登记 {state.units} 个单位"),
        "setup_people.people": (not state.lacking, f"{state.accounts} 个账户"),
        "setup.check": (state.finished, "已完成" if state.finished else "还没有完成"),
    }
    return [
        {
            "label": text,
            "url": url_for(endpoint),
            "current": endpoint == current,
            "done": told[endpoint][0],
            "state": told[endpoint][1],
        }
        for endpoint, text in STEPS
    ]


def _centre_state(state: SetupView) -> tuple[bool, str]:
    """Done once the receipt can say which centre it is, where, and how to call it."""
    card = organisations.centre() if state.told else None
    return (True, card.name) if card else (False, "名称、地址和电话还没有填")


def following(state: SetupView) -> dict[str, Any]:
    """The first step that is not done; the last one when all are."""
    all_of_them = steps(state)
    return next((step for step in all_of_them if not step["done"]), all_of_them[-1])
