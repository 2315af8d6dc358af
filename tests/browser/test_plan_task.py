"""计划任务 in a browser: no barrier in any state, and a task worked off by hand on a telephone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask
from playwright.sync_api import Page, expect

from models import transaction
from service.gateways.attachment import Store
from service.operations import plan_evidence as evidence
from service.operations import plan_milestone as milestones
from service.operations import plan_task as tasks
from service.operations.plan_evidence import EvidenceDraft
from service.queries import plan_part as parts
from tests.browser.test_every_page import fits
from tests.browser.test_pages import TELEPHONE, is_whole
from tests.factories.file import PDF
from tests.factories.office import Office
from tests.factories.plan import Planned, planned


def in_every_state(office: Office, app: Flask, now: datetime) -> Planned:
    """A plan with a task that waits, one that is done, one that was given up, one with terms."""
    today = office.desk.today(now)
    plan = planned(office, year=today.year)
    told: dict[str, Any] = {"actor": plan.planner, "desk": office.desk, "now": now}
    with transaction() as session:
        tasks.start_terms(session, plan.task("1"), desk=office.desk, now=now)
        tasks.noted(session, plan.task("1"), "task-change", actor=plan.planner, now=now)
    store = Store(app.extensions["settings"].data_dir / "attachments")
    at = (plan.year, "3")
    draft = EvidenceDraft(name="复函.pdf", content=PDF, about="建议书复函", public=True)
    with evidence.taken_in(*at, draft, store=store, actor=plan.planner, desk=office.desk) as given:
        evidence.add(*at, given, draft, **told)
    tasks.note(*at, "两份建议书都已经办复", **told)
    tasks.finish(*at, today, version=plan.task("3").version, **told)
    tasks.drop(plan.year, "4", "推迟到明年", version=plan.task("4").version, **told)
    first = parts.milestones(plan.tasks["1"], today=today)[0]
    version = plan.task("1").version
    milestones.drop(plan.year, "1", first.id, "并入实战演练", version=version, **told)
    return plan


def test_tasks_have_no_barrier_and_one_is_worked_off_on_a_telephone(
    office: Office,
    app: Flask,
    sit_down: Callable[..., Page],
    axe: Callable[[Page], None],
    now: datetime,
) -> None:
    with app.app_context():
        plan = in_every_state(office, app, now)
    page = sit_down(plan.planner)
    one = f"/plans/{plan.year}/tasks/{{}}"
    for number in "1345":
        page.goto(one.format(number))
        is_whole(page)
        axe(page)
        fits(page)
    page.goto(f"{one.format(1)}/change")
    is_whole(page)
    axe(page)
    fits(page)

    hand = sit_down(plan.liaison("station"))
    hand.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]  # playwright's own TypedDict
    hand.goto("/plans/mine")
    is_whole(hand)
    axe(hand)
    hand.get_by_role("link", name="1　应急演练").click()
    hand.get_by_role("textbox", name="进展").fill("学校和派出所已经演练一次")
    hand.get_by_role("button", name="记进展").click()
    expect(hand.get_by_text("进展已记下")).to_be_visible()
    hand.get_by_text("登记“实战演练”完成").press("Enter")
    hand.get_by_role("button", name="登记完成").click()
    hand.get_by_text("上传佐证", exact=True).press("Enter")
    hand.get_by_label("文件", exact=True).set_input_files(
        {"name": "签到表.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    hand.get_by_label("是什么材料").select_option(label="工作记录")
    hand.get_by_role("button", name="上传").click()
    expect(hand.get_by_role("link", name="签到表.pdf")).to_be_visible()
    hand.get_by_role("button", name="完成任务").click()
    expect(hand.get_by_text("任务已办结")).to_be_visible()
    hand.emulate_media(media="print")
    expect(hand.get_by_role("button")).to_have_count(0)
    expect(hand.get_by_text("学校和派出所已经演练一次")).to_be_visible()
