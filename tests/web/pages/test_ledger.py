"""The ledger at the browser: looked at first, imported once, taken back whole."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage

from config.vocabulary import Role
from service.rules.access import Actor
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor

OWN = Path(__file__).parents[2] / "data" / "ledger.xlsx"
Visit = Callable[[Actor], Visitor]


def upload(visitor: Visitor, path: Path) -> Page:
    token = visitor.get("/ledger").form("/ledger").values["csrf_token"]
    with path.open("rb") as stream:
        return visitor.post(
            "/ledger", {"csrf_token": token, "file": FileStorage(stream, filename=path.name)}
        )


def ok_rows(page: Page) -> int:
    found = re.search(r"导入这 (\d+) 行", page.html)
    assert found is not None
    return int(found[1])


def test_a_workbook_is_looked_at_imported_once_and_taken_back(office: Office, visit: Visit) -> None:
    director = visit(office.director)
    preview = director.follow(upload(director, OWN))
    count = ok_rows(preview)
    assert count > 0
    done = director.follow(director.fill(preview, "/ledger/commit"))
    assert f"已导入 {count} 件" in done.text
    assert ok_rows(director.follow(upload(director, OWN))) == 0
    batch = next(form.action for form in done.forms if form.action.endswith("/undo"))
    undone = director.follow(director.fill(done, batch))
    assert f"已撤回 {count} 件" in undone.text
    assert "已撤回" in undone.text


def test_a_file_that_is_no_workbook_is_told_at_its_field(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    fake = tmp_path / "台账.xlsx"
    fake.write_bytes(b"PK\x03\x04" + b"\x00" * 200)
    page = upload(visit(office.director), fake)
    assert page.status == 422
    assert 'id="f-file-error"' in page.html


def test_no_file_is_told(office: Office, visit: Visit) -> None:
    director = visit(office.director)
    page = director.fill(director.get("/ledger"), "/ledger")
    assert (page.status, "请选择一个 Excel 文件" in page.text) == (422, True)


@pytest.mark.parametrize("role", [Role.WINDOW, Role.LIAISON])
def test_who_may_only_try_is_offered_no_import(office: Office, visit: Visit, role: Role) -> None:
    visitor = visit(office.actor(role))
    page = visitor.follow(upload(visitor, OWN))
    assert "您可以试读；导入由中心主任进行。" in page.text
    assert "/ledger/commit" not in page.html
    assert "导入批次" not in page.text


def test_another_persons_upload_is_nobody_elses(office: Office, visit: Visit) -> None:
    director, window = visit(office.director), visit(office.window)
    address = upload(director, OWN).location
    assert "试读的文件已过期，请重新选择文件" in window.get(address).text
