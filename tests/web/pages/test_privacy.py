"""The public notice, and the ways to it."""

from tests.factories.office import Office
from tests.factories.visitor import Visitor


def test_everybody_may_read_who_processes_what_and_which_rights_there_are(office: Office) -> None:
    page = Visitor(office.app).get("/privacy")
    assert (page.status, page.title) == (200, "个人信息处理告知")
    assert "柳溪镇综治中心" in page.text
    assert "{" not in page.text
    for words in ("谁在处理", "会给谁", "不满 14 周岁", "15 个工作日", "第 1 版"):
        assert words in page.text


def test_the_citizens_page_and_the_sign_in_lead_there(office: Office) -> None:
    stranger = Visitor(office.app)
    assert "/privacy" in stranger.get("/public").links
    assert "/privacy" in stranger.get("/sign-in").links
