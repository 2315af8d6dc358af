"""应诉与办复周报: the lines of the frozen week, in every form, and an older letter without them."""

import zipfile
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import openpyxl

from config.weekly import Letter
from service.notices import weekly as notices
from service.notices.weekly import Sheet
from service.reports import weekly as reports
from service.reports import weekly_suits
from service.rules import weekly as rules
from service.rules.weekly import Told
from tests.factories.figures import STILL, WEEK_47

ZONE = ZoneInfo("Asia/Shanghai")
ANSWERING = (
    Told("lawsuits_mediated", "行政案件调解", 2),
    Told("head_appearance_rate", "负责人出庭应诉率", 5, 6),
    Told("loss_rate", "败诉率", 0, 0),
)
COUNTED = replace(WEEK_47, answering=ANSWERING)


def words(made: bytes) -> str:
    """What a Word document says, cell by cell."""
    with zipfile.ZipFile(BytesIO(made)) as archive:
        assert archive.testzip() is None
        texts = ET.fromstring(archive.read("word/document.xml")).iter()
        return "|".join(each.text for each in texts if each.tag.endswith("}t") and each.text)


def test_every_form_tells_the_same_lines() -> None:
    page, plain = weekly_suits.html(COUNTED, ZONE), weekly_suits.text(COUNTED, ZONE)
    for told in ("83.3%（5／6）", "2 件", "府院联动和解后撤诉", "比上周多 1 件"):
        assert told in page
    assert "行政案件调解　2 件" in plain
    assert "败诉率　—" in plain
    sheet = openpyxl.load_workbook(BytesIO(weekly_suits.workbook(COUNTED, ZONE))).active
    assert sheet is not None
    rows = {row[0]: row[1:] for row in sheet.iter_rows(min_row=5, values_only=True)}
    assert rows["负责人出庭应诉率"] == (5, 6, "83.3%")
    assert rows["撤回上诉"][0] == 0
    document = words(weekly_suits.document(COUNTED, ZONE))
    assert "2026 年第 47 周应诉与办复周报" in document
    assert "负责人出庭应诉率|83.3%（5／6）" in document
    assert weekly_suits.document(COUNTED, ZONE) == weekly_suits.document(COUNTED, ZONE)


def test_the_whole_letter_has_the_lines_too() -> None:
    page, plain = reports.html(COUNTED, ZONE), reports.text(COUNTED, ZONE)
    assert "<h2>应诉与办复</h2>" in page
    assert "负责人出庭应诉率　83.3%（5／6）" in plain
    book = openpyxl.load_workbook(BytesIO(reports.workbook(COUNTED, ZONE)))
    told = {row[0]: row[1] for row in book["本周"].iter_rows(values_only=True)}
    assert (told["行政案件调解"], told["负责人出庭应诉率：应计（件）"]) == (2, 6)
    assert "受理|41 件" in words(reports.document(COUNTED, ZONE))


def test_an_older_letter_has_no_such_lines_and_is_read_back_as_it_was() -> None:
    body = rules.as_body(WEEK_47)
    assert "answering" not in body
    assert rules.as_body(rules.from_body(body)) == body
    assert "应诉与办复" not in reports.html(WEEK_47, ZONE)
    assert weekly_suits.NOT_COUNTED in weekly_suits.html(WEEK_47, ZONE)
    assert rules.from_body(rules.as_body(COUNTED)) == COUNTED


def test_a_week_in_which_only_a_letter_fell_due_is_not_without_change() -> None:
    assert replace(STILL, answering=(Told("suggestions_due", "应复", 0),)).is_unchanged
    assert not replace(STILL, answering=(Told("suggestions_due", "应复", 1),)).is_unchanged


def test_both_letters_to_one_reader_are_two_messages() -> None:
    sheet = Sheet("<p>.</p>", ".", b".")
    at = ("a@town.test", "b@town.test")
    whole, suits = (
        notices.letter(COUNTED, sheet, sender=at[0], recipient=at[1], kind=each)
        for each in (Letter.WEEK, Letter.SUITS)
    )
    assert whole.dedupe_key != suits.dedupe_key
    assert (b"Message-ID: <weekly-" in whole.content, b"<suits-" in suits.content) == (True, True)
    assert notices.subject(COUNTED, Letter.SUITS).endswith("行政诉讼立案 1 件，撤诉 1 件")
