"""The device in two words, and nothing else of what a browser says of itself."""

import pytest

from service.rules import origin

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (f"{WINDOWS} Chrome/126.0.0.0 Safari/537.36", "Chrome · Windows"),
        (f"{WINDOWS} Chrome/126.0.0.0 Safari/537.36 Edg/126.0", "Edge · Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0",
            "Firefox · Linux",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 14; X) Chrome/126 MicroMessenger/8.0", "微信 · Android"),
        ("curl/8.5.0", "程序"),
        ("", "其他"),
        ("王小满 15052519700101000X", "其他"),
    ],
)
def test_a_device_is_two_words(agent: str, device: str) -> None:
    assert origin.device(agent) == device
