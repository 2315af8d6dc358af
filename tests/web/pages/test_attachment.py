"""附件 at the pages: added by a plain form, saved, withdrawn with a reason."""

from collections.abc import Callable
from typing import Any

import pytest

from config.vocabulary import DisputeStatus
from service.rules.access import Actor
from tests.factories import file
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]
NAME = "调解协议书（张三）.pdf"


def chosen(content: bytes = file.PDF, name: str = NAME) -> tuple[str, bytes]:
    return name, content


def upload(visitor: Visitor, path: str, page: Page | None = None, **given: Any) -> Page:
    """Fill the form of the page as it stands and send it."""
    form = (page or visitor.get(path)).form(path)
    values: dict[str, Any] = dict(form.values) | {"kind": "agreement", "file": chosen()} | given
    fields = {name: each for name, each in values.items() if isinstance(each, str)}
    files = {name: each for name, each in values.items() if isinstance(each, tuple)}
    return visitor.send(path, *file.multipart(fields, **files))


def path_of(handling: Handling) -> str:
    return f"/disputes/{handling.id}/attachments"


def test_one_is_added_shown_saved_and_withdrawn(office: Office, visit: Visit, case: Case) -> None:
    handling, clerk = case(), visit(office.window)
    path, home = path_of(handling), f"/disputes/{handling.id}"
    assert "还没有附件" in clerk.get(home).text
    page = clerk.follow(upload(clerk, path))
    assert NAME in page.text
    shown = clerk.get(home)
    assert NAME in shown.text
    (link,) = [each for each in shown.links if each.endswith("/content")]
    assert clerk.get(link).status == 200
    back = link.replace("/content", "/withdraw")
    refused = clerk.fill(page, back, reason="")
    assert (refused.status, "请填写撤销理由" in refused.text) == (422, True)
    gone = clerk.follow(clerk.fill(refused, back, reason="传成了别家的协议"))
    assert "撤销：传成了别家的协议" in gone.text
    answer = clerk.get(link)
    assert (answer.status, "这个附件已经撤销" in answer.text) == (410, True)


def test_a_file_that_came_with_a_mistake_is_to_be_chosen_again(
    office: Office, visit: Visit, case: Case
) -> None:
    path, clerk = path_of(case()), visit(office.window)
    page = upload(clerk, path, kind="")
    assert page.status == 422
    assert "浏览器不留住选过的文件，请重新选择" in page.text
    assert "请选择材料类型" in page.text


def test_the_same_form_twice_makes_one(office: Office, visit: Visit, case: Case) -> None:
    handling, clerk = case(), visit(office.window)
    path = path_of(handling)
    page = clerk.get(path)
    for _ in range(2):
        assert upload(clerk, path, page).status == 303
    again = upload(clerk, path, page, file=chosen(file.pdf(b"%2\n")))
    assert (again.status, "刚才已经上传过一次了" in again.text) == (422, True)
    assert len([each for each in clerk.get(path).links if each.endswith("/content")]) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"file": None}, "请选择文件，或者拍一张照片"),
        ({"kind": None}, "请选择材料类型"),
        ({"photo": chosen(file.picture(), "拍.jpg")}, "一次只能传一个文件"),
        ({"file": chosen(b"<html><script>", "照片.jpg")}, "网页代码"),
        ({"file": chosen(name="../协议.pdf")}, "斜杠"),
        ({"file": chosen(name="协议.jpg")}, "内容却是PDF 文件"),
    ],
    ids=["nothing", "no kind", "two", "a page", "a climbing name", "another format"],
)
def test_what_is_wrong_is_said_on_the_form(
    office: Office, visit: Visit, case: Case, given: dict[str, Any], told: str
) -> None:
    clerk = visit(office.window)
    page = upload(clerk, path_of(case()), **given)
    assert (page.status, told in page.text) == (422, True)


def test_a_photo_from_the_camera_is_taken_and_its_place_asked_about(
    office: Office, visit: Visit, case: Case
) -> None:
    clerk, path = visit(office.window), path_of(case())
    assert 'capture="environment"' in clerk.get(path).html
    photo: dict[str, Any] = {"file": None, "kind": "photo"}
    taken = upload(clerk, path, **photo, photo=chosen(file.picture(), "image.jpg"))
    assert taken.status == 303
    asked = upload(clerk, path, **photo, photo=chosen(file.picture(gps=True), "image.jpg"))
    assert (asked.status, "连同拍摄地点一起保存" in asked.text) == (422, True)
    kept = upload(
        clerk,
        path,
        asked,
        **photo,
        photo=chosen(file.picture(gps=True), "image.jpg"),
        keep_location="true",
    )
    assert "带拍摄地点" in clerk.follow(kept).text


def test_too_much_is_told_in_chinese(office: Office, visit: Visit, case: Case) -> None:
    clerk, path = visit(office.window), path_of(case())
    for more in (1, 1024 * 1024):
        page = upload(clerk, path, file=chosen(file.PDF + b" " * (20 * 1024 * 1024 + more)))
        assert (page.status, "20 MB" in page.text) == (413, True)


def test_an_archived_dispute_shows_its_attachments_and_takes_none(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case(DisputeStatus.ARCHIVED)
    director = visit(office.director)
    page = director.get(path_of(handling))
    assert (page.status, [f.action for f in page.forms if "attach" in f.action]) == (200, [])
    assert visit(office.leader).get(path_of(handling)).status == 403
