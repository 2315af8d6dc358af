"""Where somebody signs in from 登录来源: the address, and the device in two words."""

import re
from dataclasses import dataclass
from typing import Final

LONGEST_ADDRESS: Final = 45
OTHER: Final = "其他"
# the first that stands in what the browser says of itself: many of them name each other
BROWSERS: Final = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("HuaweiBrowser", "华为浏览器"),
    ("UCBrowser", "UC 浏览器"),
    ("QQBrowser", "QQ 浏览器"),
    ("360", "360 浏览器"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("Trident", "IE"),
    ("curl/", "程序"),
    ("python", "程序"),
    ("Werkzeug", "程序"),
)
SYSTEMS: Final = (
    ("HarmonyOS", "鸿蒙"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("UOS", "统信"),
    ("Kylin", "麒麟"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from; without an address from the machine itself."""

    address: str = ""
    device: str = ""


HERE: Final = Origin()


def device(agent: str) -> str:
    """`Chrome · Windows` from what a browser says of itself; nothing else of it is kept."""
    said = [_first(table, agent[:400]) for table in (BROWSERS, SYSTEMS)]
    return " · ".join(word for word in said if word) or OTHER


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next(
        (word for mark, word in table if re.search(re.escape(mark), agent, re.IGNORECASE)), ""
    )
