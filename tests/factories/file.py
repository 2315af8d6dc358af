"""Files that are handed in: good ones, and such as were made to do harm."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from uuid import uuid4

from PIL import Image

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
BODY = f'<w:document xmlns:w="{WORD}"><w:body>%s</w:body></w:document>'
Parts = Mapping[str, bytes]
NONE: Parts = {}
RELATED = f'<Relationships xmlns="{RELATIONS}">%s</Relationships>'


def pdf(*objects: bytes) -> bytes:
    """A PDF with some objects more."""
    return PDF.replace(b"trailer", b"".join(objects) + b"trailer")


def archive(parts: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as made:
        for name, part in parts.items():
            made.writestr(name, part)
    return out.getvalue()


def docx(body: str = "<w:p/>", *, types: bytes = TYPES, parts: Parts = NONE) -> bytes:
    """A Word document, with some parts more."""
    usual = {"[Content_Types].xml": types, "word/document.xml": (BODY % body).encode()}
    return archive({**usual, **parts})


def xlsx(cell: str = "<v>1</v>", *, types: bytes = TYPES, parts: Parts = NONE) -> bytes:
    """A workbook with one cell, and some parts more."""
    sheet = f'<worksheet xmlns="{SHEET}"><row><c>{cell}</c></row></worksheet>'
    usual = {
        "[Content_Types].xml": types,
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}"/>'.encode(),
        "xl/worksheets/sheet1.xml": sheet.encode(),
    }
    return archive({**usual, **parts})


def relation(kind: str, target: str, mode: str = "External") -> bytes:
    """The relationships of a part: one of them."""
    one = f'<Relationship Id="r1" Type="{KIND}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    return (RELATED % one).encode()


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), *, gps: bool = False) -> bytes:
    """A picture, with the place it was taken at when asked for."""
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    if gps:
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (43.0, 31.0, 12.0)
    out = io.BytesIO()
    Image.new("RGB", size, (120, 90, 60)).save(out, kind, exif=exif)
    return out.getvalue()


def screen() -> bytes:
    """A PNG as a screen or a scanner makes it, in which no camera noted anything."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (120, 90, 60)).save(out, "PNG")
    return out.getvalue()


def noted_late(picture: bytes) -> bytes:
    """A PNG without anything noted, and what `picture` notes put behind its pixels."""
    start = picture.index(b"eXIf") - 4
    length = int.from_bytes(picture[start : start + 4])
    plain = screen()
    return plain[:-12] + picture[start : start + 12 + length] + plain[-12:]


def chunk(name: bytes, content: bytes) -> bytes:
    """One chunk of a PNG."""
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check


def png_bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few kilobytes that unpacks to gigabytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + 3 * width)) for _ in range(20)) + packer.flush()
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def box(name: bytes, content: bytes = b"") -> bytes:
    """One box of an MP4 file."""
    return struct.pack(">I", 8 + len(content)) + name + content


def film(brand: bytes = b"isom", inside: bytes = b"") -> bytes:
    """An MP4 file without a picture."""
    beginning = box(b"ftyp", brand + bytes(4) + brand)
    return beginning + box(b"moov", box(b"mvhd", bytes(100)) + inside) + box(b"mdat", bytes(64))


def sound(frames: int = 4, *, tagged: bool = True) -> bytes:
    """MP3 frames of silence: MPEG 1 layer III, 128 kbit/s, 44.1 kHz."""
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    tag = b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(10) if tagged else b""
    return tag + frame * frames


def zip_bomb(megabytes: int = 400) -> bytes:
    """Zeros that unpack to far more than they weigh."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        made.writestr("[Content_Types].xml", TYPES)
        with made.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(megabytes):
                part.write(bytes(1024 * 1024))
    return out.getvalue()


def lying(packed: bytes, name: str, claimed: int) -> bytes:
    """The archive, whose directory says that a part has another size than it has."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive_:
        real = archive_.getinfo(name).file_size
    return packed.replace(struct.pack("<I", real), struct.pack("<I", claimed))


def linked(name: str, target: str) -> bytes:
    """A Word document in which one part is a symbolic link."""
    out = io.BytesIO(docx())
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(out, "a") as made:
        made.writestr(entry, target)
    return out.getvalue()


def crowded(entries: int = 100_000) -> bytes:
    """A Word document with very many empty parts."""
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as made:
        for number in range(entries):
            made.writestr(f"word/{number}.xml", b"")
    return out.getvalue()


def multipart(fields: Mapping[str, str], **files: tuple[str, bytes]) -> tuple[bytes, str]:
    """A form with files as a browser sends it, names in raw UTF-8: the body, and its type."""
    mark = uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="'
    parts = [f'{head}{name}"\r\n\r\n{text}\r\n'.encode() for name, text in fields.items()]
    for field, (name, content) in files.items():
        told = name.replace('"', "%22")
        kind = "Content-Type: application/octet-stream"
        parts += [f'{head}{field}"; filename="{told}"\r\n{kind}\r\n\r\n'.encode(), content, b"\r\n"]
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"
