"""年度考核 and 应诉与办复周报 in a browser: no barrier, whole on a telephone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from playwright.sync_api import Page

from config.vocabulary import Role
from service.clock import utc_now
from service.operations import evaluation as operations
from service.rules.calendar import Week
from tests.browser.test_every_page import fits
from tests.browser.test_pages import is_whole
from tests.factories.evaluation import SCHEME, YEAR, lived
from tests.factories.town import Town

HOME = f"/evaluations/{YEAR}"


def test_the_pages_of_appraisal_have_no_barrier(
    app: Flask, sit_down: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    desk = app.extensions["fengqiao"]
    with app.app_context():
        town = Town()
        lived(town)
        planner, leader = town.user(Role.PLANNER), town.user(Role.LEADER)
        liaison = town.user(Role.LIAISON, town.station)
        told: dict[str, Any] = {"desk": desk, "now": utc_now()}
        draft = operations.draft(YEAR, SCHEME, actor=planner, **told)
        operations.publish(draft, YEAR, version=1, actor=leader, **told)
        operations.announce(YEAR, actor=planner, **told)
        objection = operations.object_to(
            YEAR, town.station, "success", "有两件不是我们的", actor=liaison, **told
        )
    week = Week.of(desk.today(utc_now() - timedelta(days=7)))
    unit = f"{HOME}/units/{town.station}"
    looks = (
        (planner, (f"/evaluations/{YEAR + 1}/scheme", f"/evaluations/{YEAR + 1}/scheme/new")),
        (liaison, (unit,)),
        (
            leader,
            (
                HOME,
                f"{HOME}/scheme",
                f"{HOME}/objections",
                f"{HOME}/objections/{objection}/decide",
                f"/weekly/{week}/suits",
            ),
        ),
    )
    for actor, addresses in looks:
        page = sit_down(actor)
        for address in addresses:
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, address
            is_whole(page)
            axe(page)
            fits(page)
