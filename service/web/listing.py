"""A pasted list 名单: the text of it, from the box or from a file, and what is wrong with a row."""

from typing import Final

from flask import g, request

from config.text import Malformed
from service.errors import Invalid
from service.gateways import workbook
from service.rules import listing, roster
from service.web.form import Form

LIMITS: Final = workbook.Limits(file_bytes=5 * workbook.MIB, rows=listing.MAX_LINES + 1, columns=40)
EXCEL: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def given_text() -> str:
    """What was pasted, or what stands in the file that was chosen instead."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return request.form.get("text", "")
    if "listing" not in g:  # asked several times over, and a workbook is slow to read
        file.stream.seek(0)
        g.listing = _text_of(file.stream.read())
    text: str = g.listing
    return text


def _text_of(content: bytes) -> str:
    """The text of a file: the first worksheet as if it had been pasted, or what a CSV holds."""
    if not content.startswith(EXCEL):
        return listing.text_of(content)
    try:
        return roster.pasted(workbook.read(content, LIMITS))
    except Malformed as refusal:
        raise Invalid({"file": [refusal.reason]}) from refusal


def shown_again() -> Form:
    """The form with the text in it, from wherever it came."""
    return Form(key="", values={"text": given_text()})


def told(column: int, name: str, reason: str) -> str:
    """What is wrong, with the place where."""
    place = f"第 {column} 列" if column else ""
    about = f"{place}（{name}）" if place and name else place or name
    return f"{about}：{reason}" if about else reason
