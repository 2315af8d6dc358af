"""What the files of the demo look like: drawn here, of nobody and of no place."""

import zipfile
from collections.abc import Sequence
from io import BytesIO
from random import Random
from typing import Final
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw

SIZE: Final = (800, 600)
PAGE: Final = (620, 877)  # A4 at 75 dpi
WALL, STRAW, SKY, GROUND = (168, 96, 72), (204, 172, 96), (176, 208, 232), (150, 140, 110)
_TYPES: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="word/document.xml" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument"/></Relationships>'
)


def photo(rng: Random) -> bytes:
    """A brick wall with a heap of straw before it, as JPEG without any place in it."""
    image = Image.new("RGB", SIZE, SKY)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 420, *SIZE), GROUND)
    for row in range(12):
        for column in range(-1, 12):
            left, top = column * 72 + row % 2 * 36, 180 + row * 22
            draw.rectangle((left, top, left + 68, top + 18), _near(WALL, rng))
    for _ in range(900):
        x, y = rng.gauss(470, 110), 500 - abs(rng.gauss(0, 70))
        end = (x + rng.randint(-50, 50), y + rng.randint(-6, 14))
        draw.line((x, y, *end), _near(STRAW, rng), 3)
    return _saved(image, "JPEG")


def scan(rng: Random) -> bytes:
    """A page of handwriting nobody can read, with a red thumbprint, as PDF."""
    image = Image.new("L", PAGE, 250).convert("RGB")
    draw = ImageDraw.Draw(image)
    for line in range(11):
        top = 150 + line * 44
        for sign in range(3 if line in (0, 10) else rng.randint(12, 18)):
            left = 70 + sign * 27 + (200 if line in (0, 10) else 0)
            for _ in range(6):
                stroke = [(left + rng.randint(0, 20), top + rng.randint(0, 24)) for _ in range(2)]
                draw.line(stroke, (40, 40, 60), 2)
    draw.ellipse((330, 586, 362, 626), (196, 40, 40))
    return _saved(image, "PDF")


def document(text: Sequence[str]) -> bytes:
    """A Word document of these paragraphs."""
    body = "".join(f"<w:p><w:r><w:t>{escape(each)}</w:t></w:r></w:p>" for each in text)
    main = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w='
        '"http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{body}</w:body></w:document>"
    )
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", main)
    return held.getvalue()


def _near(colour: tuple[int, int, int], rng: Random) -> tuple[int, int, int]:
    red, green, blue = (max(0, min(255, each + rng.randint(-18, 18))) for each in colour)
    return red, green, blue


def _saved(image: Image.Image, kind: str) -> bytes:
    held = BytesIO()
    image.save(held, kind)
    return held.getvalue()
