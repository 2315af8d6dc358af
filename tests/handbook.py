"""Takes the pictures of the handbook 使用手册 from a fresh demo: `make handbook`.

Every picture is one name, one account and one way through the pages; nothing is drawn by hand, so
a page that changed shows in the pictures the next time this runs.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import program

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "docs" / "handbook"
DESK: Final = {"width": 1366, "height": 768}
PHONE: Final = {"width": 390, "height": 844}
COLOURS: Final = 128  # of a picture: fewer lose the green of a dot; it is half the size
READY: Final = "Fengqiao ready: "
STORY: Final = (
    "邻居在院墙边搭了羊圈，雨水顺着棚顶流进我家院子，说了几次都不改，"
    "想请中心帮忙让他把棚顶改过来，再赔清理的钱。"
)


@dataclass(frozen=True)
class Picture:
    """One picture: its file name, who sits at the browser, and the way to what it shows."""

    name: str
    account: str
    way: Callable[[Page], None]
    size: tuple[int, int] = (DESK["width"], DESK["height"])


def main() -> None:
    """Take every picture anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _demo() as (address, passwords), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program(), args=["--no-sandbox"])
        for picture in PICTURES:
            _take(browser, address, picture, passwords)
            print(picture.name)
        browser.close()


def _take(browser: Browser, address: str, picture: Picture, passwords: dict[str, str]) -> None:
    width, height = picture.size
    page = browser.new_page(
        base_url=address,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": height},
    )
    if picture.account:
        page.goto("/sign-in")
        page.locator("[name=username]").fill(picture.account)
        page.locator("[name=password]").fill(passwords[picture.account])
        page.get_by_role("button", name="登录").click()
    picture.way(page)
    page.wait_for_timeout(700)  # the hints beside a form come a moment after the last key
    taken = page.screenshot()
    page.close()
    with Image.open(BytesIO(taken)) as image:
        drawn = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        drawn.save(FOLDER / f"{picture.name}.png", optimize=True)


@contextmanager
def _demo() -> Iterator[tuple[str, dict[str, str]]]:
    """A demo of its own: its address and its passwords."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "fengqiao", "demo", "--port", "8199"],
            env=os.environ | {"FENGQIAO_DATA_DIR": folder},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            ready = next(line for line in process.stdout if line.startswith(READY))
            kept = json.loads((Path(folder) / "demo" / "accounts.json").read_text())
            passwords = {each["username"]: each["password"] for each in kept}
            yield ready.removeprefix(READY).strip(), passwords
        finally:
            process.terminate()
            process.wait(20)


def _at(path: str) -> Callable[[Page], None]:
    """Straight to an address."""

    def go(page: Page) -> None:
        page.goto(path)

    return go


def _half_filled(page: Page) -> None:
    page.goto("/disputes/new")
    page.locator("[name='parties.0.name']").fill("包青山")
    page.locator("[name='parties.1.name']").fill("白永胜")
    page.get_by_role("radio", name="邻里", exact=True).check(force=True)
    page.locator("[name=narrative]").fill(STORY)


def _registered(page: Page) -> None:
    _half_filled(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/receipt*")


def _first_of(path: str) -> Callable[[Page], None]:
    """The first row of a list, opened."""

    def go(page: Page) -> None:
        page.goto(path)
        page.locator("[data-row-link]").first.click()

    return go


def _then(path: str, *links: str) -> Callable[[Page], None]:
    """The first row of a list opened, and on from there along links by what they say."""

    def go(page: Page) -> None:
        page.goto(path)
        page.locator("[data-row-link]").first.click()
        page.wait_for_load_state()
        _follow(page, links)

    return go


def _along(path: str, *links: str) -> Callable[[Page], None]:
    """From an address along links by what they say."""

    def go(page: Page) -> None:
        page.goto(path)
        _follow(page, links)

    return go


def _follow(page: Page, links: tuple[str, ...]) -> None:
    for text in links:
        page.get_by_role("main").get_by_role("link", name=text).first.click()
        page.wait_for_load_state()


MINE: Final = "/disputes?category=neighbour&mine=true&status=mediating"
PAUSED: Final = "/disputes?category=contract&mine=true&status=mediating&sort=oldest"
PICTURES: Final[tuple[Picture, ...]] = (
    # before others of the same account sign in
    Picture("sessions", "mediator", _at("/sessions")),
    Picture("intake", "window", _half_filled),
    Picture("receipt", "window", _registered),
    Picture("consultation", "window", _at("/consultations/new")),
    Picture("register", "window", _at("/register")),
    Picture("public", "", _at("/public"), (PHONE["width"], PHONE["height"])),
    Picture("desk-mediator", "mediator", _at("/")),
    Picture("dispute", "mediator", _first_of("/disputes?status=mediating&mine=true")),
    Picture("dispatch", "director", _at("/dispatch")),
    Picture("weekly", "leader", _at("/weekly")),
    Picture("clock", "mediator", _then(PAUSED, "人民调解")),
    Picture("clock-change", "director", _along("/clock-changes", "中止")),
    Picture("supervisions", "director", _at("/supervisions")),
    Picture("calendar-draft", "director", _along("/", "看影响哪些期限")),
    Picture("setup", "sysadmin", _at("/setup")),
    Picture("organisations", "sysadmin", _at("/organisations")),
    Picture("attachments", "mediator", _then(MINE, "加附件")),
    Picture("reveal", "mediator", _then(MINE, "查看")),
    Picture("restricted", "director", _first_of("/")),
    Picture("break-glass", "secadmin", _along("/break-glass", "看理由，决定")),
    Picture("leave", "director", _at("/leave")),
    Picture("hand-over", "director", _along("/leave", "交接")),
    Picture("data-requests", "director", _at("/data-requests")),
    Picture("rights", "secadmin", _at("/rights")),
    Picture("audit", "auditor", _at("/audit?subject=dispute")),
    Picture("retention", "sysadmin", _at("/retention")),
    Picture("backups", "sysadmin", _at("/backups")),
)

if __name__ == "__main__":
    main()
