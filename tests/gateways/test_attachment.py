"""Attachments as files: the good taken for what they are, the hostile refused, the store exact."""

import errno
import hashlib
import io
import os
import random
import resource
import signal
import stat
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from time import monotonic
from uuid import UUID, uuid4

import pytest
from openpyxl import Workbook

from config.vocabulary import Media
from service.errors import Gone, StorageFull, TooLarge, Unavailable
from service.gateways import attachment
from service.gateways.attachment import Store
from service.gateways.keyring import FieldKey
from service.rules import attachment as rules
from service.rules.attachment import FileRefused
from tests.factories import file

KEY = FieldKey(b"k" * 32)
OTHER = FieldKey(b"o" * 32)
ROOT = Path(__file__).parents[2]
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
DTD = '<?xml version="1.0"?><!DOCTYPE w [{}]><w>&e;</w>'
LAUGHS = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghi"))
MACRO_TYPES = (
    b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled"/></Types>'
)
FIELD = "<w:r><w:instrText>{}</w:instrText></w:r>"
BEGIN = "<w:r><w:fldChar/></w:r>"
SIMPLE = '<w:fldSimple w:instr="{}"/>'
SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)
PAGE = b"<html><body><script>alert(1)</script></body></html>"
SETTINGS = "word/_rels/settings.xml.rels"
DOCUMENT = "word/_rels/document.xml.rels"
SHEET = "xl/worksheets/_rels/sheet1.xml.rels"


def workbook() -> bytes:
    out = io.BytesIO()
    book = Workbook()
    book.worksheets[0].append(["姓名", "=SUM(B2:B9)", '="甲|乙!"'])
    book.save(out)
    return out.getvalue()


def hidden_in_stream(dangerous: bytes) -> bytes:
    packed = zlib.compress(b"5 0 obj<</S" + dangerous + b">>")
    head = b"4 0 obj<</Type/ObjStm/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    return file.pdf(head, packed, b"\nendstream endobj\n")


def scanned() -> bytes:
    """A PDF of eight megabytes of pictures, in which short names stand by chance."""
    pixels = random.Random(1).randbytes(8 * 1024 * 1024) + b"/JS /XFA <htm"
    return file.pdf(b"4 0 obj<</Subtype/Image>>stream\n", pixels, b"\nendstream endobj\n")


def stored_twice() -> bytes:
    out = io.BytesIO(file.docx())
    with zipfile.ZipFile(out, "a") as made:
        made.writestr("WORD/Document.xml", b"<w/>")
    return out.getvalue()


def with_comment(content: bytes, told: bytes) -> bytes:
    """A JPEG with a comment behind its first marker."""
    return content[:2] + b"\xff\xfe" + struct.pack(">H", 2 + len(told)) + told + content[2:]


def locked() -> bytes:
    """A Word document whose parts say that they need a password."""
    packed = bytearray(file.docx())
    at = packed.find(b"PK\x01\x02")
    while at >= 0:
        packed[at + 8] |= 1
        at = packed.find(b"PK\x01\x02", at + 4)
    return bytes(packed)


GOOD: dict[str, tuple[Callable[[], bytes], Media]] = {
    "调解协议书（张三）.pdf": (file.pdf, Media.PDF),
    "照片.jpg": (file.picture, Media.JPEG),
    "照片.jpeg": (file.picture, Media.JPEG),
    "照片.png": (lambda: file.picture("PNG"), Media.PNG),
    "截图.png": (file.screen, Media.PNG),
    "申请书.docx": (file.docx, Media.DOCX),
    "链接.docx": (
        lambda: file.docx(parts={DOCUMENT: file.relation("hyperlink", "https://example.org")}),
        Media.DOCX,
    ),
    "扫描件.pdf": (scanned, Media.PDF),
    "引用.docx": (
        lambda: file.docx(BEGIN + FIELD.format('HYPERLINK "https://a.example/link"') + BEGIN),
        Media.DOCX,
    ),
    "目录.docx": (lambda: file.docx(FIELD.format(' HYPERLINK "#a" \\h')), Media.DOCX),
    "台账.xlsx": (workbook, Media.XLSX),
    "说明.txt": ("双方同意\r\n分三次付清。\n".encode, Media.TEXT),
    "旧说明.txt": (lambda: "双方同意分三次付清，每月五号前付。".encode("gb18030"), Media.TEXT),
    "带标记.txt": (lambda: b"\xef\xbb\xbf" + "甲 < 乙".encode(), Media.TEXT),
    "录音.mp3": (file.sound, Media.MP3),
    "录音二.mp3": (lambda: file.sound(tagged=False), Media.MP3),
    "录音.m4a": (lambda: file.film(b"M4A "), Media.M4A),
    "现场.mp4": (file.film, Media.MP4),
}
BOMB, CROWD = "zip bomb", "100,000 entries"
# what the file is called for us: its content, and what the refusal says
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    BOMB: (file.zip_bomb, "解压后过大"),
    "zip bomb under the limit of size": (lambda: file.zip_bomb(60), "压缩比异常"),
    "zip bomb that lies": (
        lambda: file.lying(file.zip_bomb(), "word/document.xml", 4000),
        "损坏",
    ),
    CROWD: (file.crowded, "解压后过大"),
    "plain archive": (lambda: file.archive({"a.txt": b"a"}), "不收压缩包"),
    "nested archive by name": (lambda: file.docx(parts={"word/a.zip": file.docx()}), "嵌入"),
    "nested archive by content": (lambda: file.docx(parts={"word/a.bin": file.docx()}), "嵌入"),
    "gzip inside": (lambda: file.docx(parts={"word/a.bin": b"\x1f\x8b\x08"}), "嵌入"),
    "program inside": (lambda: file.docx(parts={"word/a.bin": b"MZ\x90"}), "嵌入"),
    "zip-slip": (lambda: file.docx(parts={"word/../../../etc/a.xml": b"<a/>"}), "越界"),
    "absolute path": (lambda: file.docx(parts={"/etc/a.xml": b"<a/>"}), "越界"),
    "backslash path": (lambda: file.docx(parts={"word\\..\\a.xml": b"<a/>"}), "越界"),
    "symbolic link": (lambda: file.linked("word/a.xml", "/etc/passwd"), "不允许"),
    "part twice": (stored_twice, "损坏"),
    "with a password": (locked, "密码"),
    "docm by its part": (lambda: file.docx(parts={"word/vbaProject.bin": b"x"}), "宏"),
    "docm by its type": (lambda: file.docx(types=MACRO_TYPES), "宏"),
    "xlsm by its part": (lambda: file.xlsx(parts={"xl/vbaProject.bin": b"x"}), "宏"),
    "xlsm by its sheet": (lambda: file.xlsx(parts={"xl/macrosheets/sheet1.xml": b"<a/>"}), "宏"),
    "macro by relation": (
        lambda: file.xlsx(
            parts={"xl/_rels/workbook.xml.rels": file.relation("vbaProject", "a.bin")}
        ),
        "宏",
    ),
    "attached template": (
        lambda: file.docx(
            parts={SETTINGS: file.relation("attachedTemplate", "https://a.example/t")}
        ),
        "外面",
    ),
    "template of a share": (
        lambda: file.docx(parts={SETTINGS: file.relation("attachedTemplate", "file://a/t.dotm")}),
        "外面",
    ),
    "external picture": (
        lambda: file.docx(parts={DOCUMENT: file.relation("image", "https://a.example/p.png")}),
        "外面",
    ),
    "frame of another page": (
        lambda: file.docx(parts={DOCUMENT: file.relation("frame", "https://a.example")}),
        "外面",
    ),
    "external workbook": (
        lambda: file.xlsx(parts={"xl/externalLinks/externalLink1.xml": b"<a/>"}),
        "嵌入",
    ),
    "external sheet": (
        lambda: file.xlsx(
            parts={SHEET: file.relation("externalLinkPath", "https://a.example/b.xlsx")}
        ),
        "外面",
    ),
    "OLE object by relation": (
        lambda: file.docx(parts={DOCUMENT: file.relation("oleObject", "a.bin", "Internal")}),
        "嵌入",
    ),
    "OLE object by part": (lambda: file.docx(parts={"word/embeddings/a.bin": b"x"}), "嵌入"),
    "OLE object by content": (
        lambda: file.docx(parts={"word/a.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}),
        "嵌入",
    ),
    "OLE object by element": (lambda: file.docx("<w:object><o:OLEObject/></w:object>"), "嵌入"),
    "ActiveX": (lambda: file.docx(parts={"word/activeX/activeX1.xml": b"<a/>"}), "嵌入"),
    "page as a chunk": (
        lambda: file.docx(parts={DOCUMENT: file.relation("aFChunk", "a.mht", "Internal")}),
        "嵌入",
    ),
    "DDE": (lambda: file.docx(FIELD.format(' DDEAUTO c:\\\\cmd.exe "/k calc"')), "DDE"),
    "DDE in two pieces": (lambda: file.docx(FIELD.format("DD") + FIELD.format("E cmd")), "DDE"),
    "linked object": (lambda: file.docx(BEGIN + FIELD.format(" LINK Excel.Sheet a")), "DDE"),
    "DDE as an attribute": (lambda: file.docx(SIMPLE.format("DDE cmd")), "DDE"),
    "picture from a server": (
        lambda: file.docx(FIELD.format("INCLUDEPICTURE https://a.example/p.png")),
        "DDE",
    ),
    "DDE formula": (lambda: file.xlsx("<f>cmd|'/c calc'!A0</f>"), "公式"),
    "WEBSERVICE": (lambda: file.xlsx('<f>WEBSERVICE("https://a.example")</f>'), "公式"),
    "XXE": (
        lambda: file.docx(
            parts={"word/a.xml": DTD.format('<!ENTITY e SYSTEM "file:///etc/passwd">').encode()}
        ),
        "XML",
    ),
    "billion laughs": (
        lambda: file.docx(
            parts={
                "word/a.xml": DTD.format('<!ENTITY a "ha">' + LAUGHS + '<!ENTITY e "&i;">').encode()
            }
        ),
        "XML",
    ),
    "billion laughs in UTF-16": (
        lambda: file.xlsx(parts={"xl/a.xml": "\ufeff<!DOCTYPE w []><w/>".encode("utf-16-le")}),
        "XML",
    ),
    "PDF that is a page": (lambda: file.pdf(b"%<html><script>alert(1)</script>\n"), "网页"),
    "PDF with a page behind it": (lambda: file.PDF + PAGE, "网页"),
    "PDF that is an archive": (lambda: file.PDF + file.docx(), "压缩包"),
    "PDF with a script": (lambda: file.pdf(b"4 0 obj<</S/JavaScript/JS(a)>>endobj\n"), "脚本"),
    "PDF with a written-round script": (lambda: file.pdf(b"4 0 obj<</S/J#61vaScript>>\n"), "脚本"),
    "PDF with a packed script": (lambda: hidden_in_stream(b"/JavaScript"), "脚本"),
    "PDF that starts a program": (lambda: file.pdf(b"4 0 obj<</S/Launch/F(cmd)>>\n"), "程序"),
    "PDF with a file inside": (lambda: file.pdf(b"4 0 obj<</Type/EmbeddedFile>>\n"), "嵌入"),
    "PDF that breaks off": (lambda: file.PDF[:60], "损坏"),
    "SVG": (lambda: SVG, "网页"),
    "SVG without a head": (lambda: b"  <svg onload='alert(1)'/>", "网页"),
    "HTML as a picture": (lambda: PAGE, "网页"),
    "JPEG with a page in its comment": (lambda: with_comment(file.picture(), PAGE), "网页"),
    "PNG with an archive behind it": (lambda: file.picture("PNG") + file.docx(), "压缩包"),
    "PNG of 30,000 × 30,000": (file.png_bomb, "图片太大"),
    "JPEG that breaks off": (lambda: file.picture()[:40], "损坏"),
    "PNG that is damaged": (
        lambda: file.picture("PNG").replace(b"IDAT", b"IDAU", 1),
        "损坏",
    ),
    "EICAR": (lambda: EICAR, "病毒"),
    "EICAR in a document": (lambda: file.docx(parts={"word/a.bin": EICAR}), "病毒"),
    "EICAR behind a picture": (lambda: file.picture() + EICAR, "病毒"),
    "old Word with macros": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "格式"),
    "program": (lambda: b"MZ\x90\x00" + bytes(60), "格式"),
    "script with zeros": (lambda: b"#!/bin/sh\0rm -r /", "格式"),
    "HEIC": (lambda: file.box(b"ftyp", b"heic" + bytes(8)), "HEIC"),
    "film that breaks off": (lambda: file.film()[:-10], "损坏"),
    "film of nothing": (lambda: file.box(b"ftyp", b"isom" + bytes(8)), "损坏"),
}
LOCATED = {
    "JPEG": lambda: file.picture(gps=True),
    "PNG": lambda: file.picture("PNG", gps=True),
    "PNG, noted at its end": lambda: file.noted_late(file.picture("PNG", gps=True)),
    "XMP": lambda: with_comment(file.picture(), b"exif:GPSLatitude='43,31.2N'"),
    "MP4": lambda: file.film(inside=file.box(b"udta", file.box(b"\xa9xyz", b"+43.5+116.0/"))),
}
HOSTILE_NAMES = {
    "nul": "甲\0.pdf",
    "climbing": "../../etc/甲.pdf",
    "climbing on Windows": "..\\甲.pdf",
    "absolute": "/etc/甲.pdf",
    "reversed": "甲\u202efdp.exe.pdf",
    "isolated": "甲\u2067.pdf",
    "zero width": "甲\u200b.pdf",
    "4,000 characters": "甲" * 4_000 + ".pdf",
    "256 bytes": "a" * 252 + ".pdf",
    "CON": "CON.pdf",
    "device": "lpt1.pdf",
    "device with more": "nul.tar.pdf",
    "line": "甲\n乙.pdf",
    "half a character": "\ud800.pdf",
    "nothing": "",
    "dots": "...",
    "hidden": ".pdf",
    "dot at the end": "甲.pdf.",
    "blank at the end": "甲.pdf ",
    "program": "甲.pdf.exe",
    "macro document": "甲.docm",
    "page": "甲.html",
    "without an end": "甲",
}
GOOD_NAMES = (
    "调解协议书（张三）.docx",
    "𠮷野家䶮𪚥.pdf",  # rare characters beyond the first plane
    "ᠮᠣᠩᠭᠣᠯ\u180e.pdf",
    "a b'c\"d;e%20.pdf",
    "汉" * 83 + "ab.pdf",  # 255 bytes
    "IMG_1.JPG",
    "console.txt",
)


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_taken_for_what_it_is(name: str) -> None:
    make, media = GOOD[name]
    found = attachment.judge(make())
    assert (found.media, found.located) == (media, False)
    rules.check_content(rules.check_name(name), found.media)


def test_there_are_more_hostile_files_than_the_sixty_asked_for() -> None:
    assert len(HOSTILE) + len(LOCATED) >= 60


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason_and_soon(name: str) -> None:
    make, reason = HOSTILE[name]
    content = make()
    begun = monotonic()
    with pytest.raises(FileRefused) as refused:
        attachment.judge(content)
    assert monotonic() - begun <= 2
    assert reason in refused.value.detail
    assert refused.value.fields == {"file": [refused.value.detail]}


@pytest.mark.parametrize("name", [BOMB, CROWD, "PNG of 30,000 × 30,000", "billion laughs"])
def test_refusing_it_costs_little_memory(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(HOSTILE[name][0]())
    asking = (
        "import resource, sys; from pathlib import Path; from service.gateways import attachment\n"
        "try: attachment.judge(Path(sys.argv[1]).read_bytes())\n"
        "except attachment.FileRefused: pass\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-c", asking, str(tmp_path / "file")]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    assert int(done.stdout) <= 200 * 1024


@pytest.mark.parametrize("kind", LOCATED)
def test_a_file_that_tells_where_it_was_taken_says_so(kind: str) -> None:
    assert attachment.judge(LOCATED[kind]()).located is True


def test_bytes_that_say_nothing_are_refused() -> None:
    for size in (1, 3, 8, 64, 4096):
        with pytest.raises(FileRefused):
            attachment.judge(b"\xff" * size)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(FileRefused) as refused:
        rules.check_name(HOSTILE_NAMES[name])
    assert refused.value.detail


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_a_good_name_stands(name: str) -> None:
    assert rules.check_name(name) in set(Media)


def test_the_name_must_say_what_the_content_is() -> None:
    with pytest.raises(FileRefused, match="内容却是PDF 文件"):
        rules.check_content(Media.JPEG, Media.PDF)
    rules.check_content(Media.M4A, Media.MP4)


def test_a_file_has_something_in_it_and_not_too_much() -> None:
    rules.check_size(20 * 1024 * 1024)
    with pytest.raises(TooLarge):
        rules.check_size(20 * 1024 * 1024 + 1)
    with pytest.raises(FileRefused):
        rules.check_size(0)


# the store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "attachments")


def files(store: Store) -> list[Path]:
    return sorted(path for path in store.folder.rglob("*") if path.is_file())


def kept(store: Store, content: bytes = file.PDF) -> tuple[UUID, str]:
    stored_as = uuid4()
    store.keep(stored_as, content, KEY)
    return stored_as, hashlib.sha256(content).hexdigest()


@contextmanager
def room_for(most: int) -> Iterator[None]:
    """No file may become longer than `most` bytes: a disk that is full, for who writes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_what_is_kept_is_sealed_and_nobody_elses_to_read(store: Store) -> None:
    stored_as, sha256 = kept(store)
    (path,) = files(store)
    assert path == store.folder / stored_as.hex[:2] / stored_as.hex
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"PDF" not in path.read_bytes()
    assert store.read(stored_as, sha256, KEY) == file.PDF


def test_one_flipped_bit_anywhere_and_nothing_is_given(store: Store) -> None:
    stored_as, sha256 = kept(store)
    (path,) = files(store)
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(Gone):
            store.read(stored_as, sha256, KEY)
    path.write_bytes(whole)
    assert store.read(stored_as, sha256, KEY) == file.PDF


def test_a_file_of_another_place_key_or_digest_is_not_given(store: Store) -> None:
    (first, sha256), (second, _) = kept(store), kept(store, b"other")
    with pytest.raises(Gone):
        store.read(first, sha256, OTHER)
    with pytest.raises(Gone):
        store.read(second, sha256, KEY)
    one, two = (store.folder / each.hex[:2] / each.hex for each in (first, second))
    two.write_bytes(one.read_bytes())
    with pytest.raises(Gone):
        store.read(second, sha256, KEY)
    one.unlink()
    with pytest.raises(Gone):
        store.read(first, sha256, KEY)


def test_a_full_disk_is_told_and_leaves_nothing(store: Store) -> None:
    with room_for(50), pytest.raises(StorageFull) as refused:
        kept(store)
    assert isinstance(refused.value.__cause__, OSError)
    assert refused.value.__cause__.errno == errno.EFBIG
    assert files(store) == []


def test_a_folder_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "attachments").write_bytes(b"")
    with pytest.raises(Unavailable):
        kept(Store(tmp_path / "attachments"))


def test_what_is_dropped_is_gone_and_may_be_dropped_again(store: Store) -> None:
    stored_as, _ = kept(store)
    store.drop(stored_as)
    store.drop(stored_as)
    assert files(store) == []


def test_only_what_lay_there_for_a_day_is_left(store: Store) -> None:
    now = datetime.now(UTC)
    old, young = kept(store)[0], kept(store)[0]
    for stored_as, hours in ((old, 25), (young, 23)):
        then = (now - timedelta(hours=hours)).timestamp()
        os.utime(store.folder / stored_as.hex[:2] / stored_as.hex, (then, then))
    assert [path.name for path in store.left(now)] == [old.hex]
    assert set(store.names()) == {old, young}
