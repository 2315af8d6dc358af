"""附件: what cannot be taken is told before it is sent, and the file stays chosen."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.factories import file
from tests.factories.dispute import Handling
from tests.factories.office import Office

NAME = "伤情照片.pdf"


def test_a_chosen_file_is_not_lost_over_a_missing_kind(
    office: Office,
    sit_down: Callable[..., Page],
    case: Callable[..., Handling],
    axe: Callable[[Page], None],
) -> None:
    page = sit_down(office.window)
    page.goto(f"/disputes/{case().id}/attachments")
    page.locator("#f-file").set_input_files(
        {"name": NAME, "mimeType": "application/pdf", "buffer": file.PDF}
    )
    page.get_by_role("button", name="上传").press("Enter")
    expect(page.locator("#f-kind-error")).to_have_text("请选择材料类型")
    expect(page.get_by_label("材料类型")).to_be_focused()
    axe(page)
    page.get_by_label("材料类型").select_option("photo")
    expect(page.locator("#f-kind-error")).to_have_count(0)
    page.get_by_role("button", name="上传").press("Enter")
    expect(page.get_by_text(f"已加附件：{NAME}")).to_be_visible()


def test_a_file_that_is_too_large_is_told_at_once(
    office: Office, sit_down: Callable[..., Page], case: Callable[..., Handling], tmp_path: Path
) -> None:
    page = sit_down(office.window)
    page.goto(f"/disputes/{case().id}/attachments")
    large = tmp_path / NAME
    large.write_bytes(bytes(21 * 1024 * 1024))
    page.locator("#f-file").set_input_files(large)
    told = page.locator("#f-file-error")
    expect(told).to_have_text("文件超过 20 MB，请压缩或者分成几份再上传")
    page.locator("#f-file").set_input_files(
        {"name": NAME, "mimeType": "application/pdf", "buffer": file.PDF}
    )
    expect(told).to_have_count(0)
