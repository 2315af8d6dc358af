"""The QR of a sign-in slip: its fragment fills the page and leaves the address bar."""

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.usefixtures("office")
def test_the_fragment_fills_both_fields_and_goes_out_of_the_address(page: Page) -> None:
    page.goto("/first-sign-in#he.xiaoyun.7KMP-QX4T-9HRW")
    expect(page.get_by_label("用户名")).to_have_value("he.xiaoyun")
    expect(page.get_by_label("登录码", exact=True)).to_have_value("7KMP-QX4T-9HRW")
    assert page.evaluate("location.pathname + location.hash") == "/first-sign-in"
