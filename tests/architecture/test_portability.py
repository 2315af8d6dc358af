"""Nothing in the checkout depends on the machine it was written on."""

import re

from tests.architecture.source import read, texts

BINARY = {".docx", ".ico", ".png", ".ttf", ".woff2", ".xlsx"}
MACHINE = re.compile(
    r"(?<![\w.$}/*-])/(work|root|tmp|home/\w+)/"
    r"|\b(pypi|pythonhosted|npmjs|registry\.npm\w*|deb\.debian|archive\.ubuntu)\.(org|com)\b"
)


def test_no_text_names_a_place_on_one_machine_or_a_host_of_packages() -> None:
    found = [
        f"{path}:{number}"
        for path in texts()
        if path.suffix not in BINARY and path.name != "test_portability.py"
        for number, line in enumerate(read(path).splitlines(), start=1)
        if MACHINE.search(line)
    ]
    assert found == []


def test_such_places_would_be_found() -> None:
    assert MACHINE.search('open("/tmp/x/y")')
    assert MACHINE.search("cd /" + "work/main")
    assert not MACHINE.search('page.goto("/disputes/work/1")')


def test_no_text_has_windows_line_ends_or_blanks_at_line_ends() -> None:
    kinds = (".py", ".toml", ".html", ".css", ".js", ".lock", ".mako")
    found = [
        f"{path}:{number}"
        for path in texts(*kinds)
        for number, line in enumerate(read(path).split("\n"), start=1)
        if line != line.rstrip()
    ]
    assert found == []
