"""The confined half of `attachment`: a script that says what a file is, or why it is refused.

Run by path under `python -I`; imports nothing of the project. The file comes on stdin, the answer
goes to stdout as JSON: `{"media": ..., "located": ...}` or `{"refused": ...}`. Before it looks at
a byte it gives up memory, processor time, and the right to open any file or connection.
"""

import codecs
import io
import json
import re
import resource
import stat
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from xml.parsers import expat

from PIL import (
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,  # noqa: F401 -- read for what a camera noted, when no file can be opened
)

MIB = 1024 * 1024
MOST_PIXELS = 120_000_000  # a telephone's camera takes up to 108 million
CHUNK = 65536
READERS = {"JPEG": JpegImagePlugin.JpegImageFile, "PNG": PngImagePlugin.PngImageFile}
GPS = 0x8825
TORN = "文件已损坏或不完整，请重新选择"
UNKNOWN = "文件内容不是可以接收的格式（PDF、图片、Word、Excel、文本、录音、录像）"
HEIC = "这是 HEIC 照片，多数电脑打不开。请在手机相机设置里选“兼容性最佳”，或者转成 JPG 再上传"
VIRUS = "文件里有病毒特征，不能上传"
PAGE = "文件里藏着网页代码，不能上传"
HIDDEN_ARCHIVE = "文件后面藏着压缩包，不能上传"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
MARKUP = re.compile(rb"<(?:script|html|!doctype\s+html|iframe)[\s>/]", re.IGNORECASE)
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
PROGRAMS = (b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0")  # the last is a compound file: OLE, old Office
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "cp437", "ascii", "latin-1", "utf-16")
Answer = tuple[str, bool]


class Refused(Exception):
    """The file cannot be taken; the message is Chinese."""


def confine(memory_bytes: int, cpu_seconds: int) -> None:
    """No more memory, time, files, connections or core dumps than the work needs."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def judge(content: bytes, asked: dict[str, int]) -> Answer:
    """What the file is by its content, and whether it says where it was taken."""
    if EICAR in content:
        raise Refused(VIRUS)
    for sign, look in _LOOKS:
        if content.startswith(sign):
            return look(content, asked)
    if content[4:8] == b"ftyp":
        return film(content)
    if is_sound(content):
        check_mixture(content)
        return "mp3", False
    return text(content), False


def check_mixture(content: bytes) -> None:
    """Nothing that is a page or an archive as well, for a reader who looks from the other end."""
    if MARKUP.search(content):
        raise Refused(PAGE)
    if b"PK\x05\x06" in content[-CHUNK:]:
        raise Refused(HIDDEN_ARCHIVE)


# pictures


def picture(content: bytes, _: dict[str, int]) -> Answer:
    """A JPEG or PNG that is whole, not too large to be shown, and nothing else besides."""
    check_mixture(content)
    kind = "PNG" if content.startswith(b"\x89PNG") else "JPEG"
    Image.MAX_IMAGE_PIXELS = None  # our own limit, which refuses and does not warn
    try:
        found = READERS[kind](io.BytesIO(content))
        width, height = found.size
        if width * height > MOST_PIXELS:
            raise Refused(f"图片太大（{width}×{height}），请缩小后再上传")
        if kind == "PNG":
            found.verify()  # reads to the end, and only right after the file was opened
        located = bool(noted(content, kind).get_ifd(GPS)) or b"exif:GPSL" in content
    except (OSError, ValueError, SyntaxError, KeyError, struct.error) as error:
        raise Refused(TORN) from error
    if kind == "JPEG" and b"\xff\xd9" not in content:
        raise Refused(TORN)
    return ("png" if kind == "PNG" else "jpg"), located


def noted(content: bytes, kind: str) -> Image.Exif:
    """What a camera noted, without unpacking the picture as PNG's own reader would."""
    found = READERS[kind](io.BytesIO(content))
    if kind == "PNG" and "exif" not in found.info:
        late = [data for name, data in chunks(content) if name == b"eXIf"]
        found.info |= {"exif": late[0]} if late else {}
    return Image.Image.getexif(found)


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG that was found whole: the name and what it holds."""
    at = 8
    while at + 12 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        yield name, content[at + 8 : at + 8 + length]
        at += 12 + length


# PDF

# names long enough not to stand in a scanned page by chance: /JS never comes without /JavaScript
DANGEROUS = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|ImportData|SubmitForm)(?![A-Za-z0-9])"
    rb"|/GoToE(?=\s*[/>])|/XFA\s*(?:\[|[0-9]+\s+[0-9]+\s+R)"
)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
STREAM = re.compile(rb"/ObjStm(?:(?!endobj)[\s\S]){0,2000}?stream\r?\n")


def pdf(content: bytes, asked: dict[str, int]) -> Answer:
    """A PDF from its first byte to its end, which shows pages and does nothing."""
    check_mixture(content)
    if b"%%EOF" not in content[-2048:]:
        raise Refused(TORN)
    check_pdf(content)
    left = asked["unpacked_bytes"]
    for found in STREAM.finditer(content):
        packed = zlib.decompressobj()
        try:
            unpacked = packed.decompress(content[found.end() :], left)
        except zlib.error:
            continue  # packed in another way, or not at all: then it was searched above
        left -= len(unpacked)
        if left <= 0:
            raise Refused("文件解压后过大")
        check_pdf(unpacked)
    return "pdf", False


def check_pdf(part: bytes) -> None:
    """No scripts, programs or files inside, however their names are written."""
    plain = ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)
    if DANGEROUS.search(part) or DANGEROUS.search(plain):
        raise Refused("PDF 里有脚本、程序或者嵌入的文件，请打印成新的 PDF 再上传")


# Word and Excel

MACRO = "文件含有宏，请另存为普通的 .docx 或 .xlsx 再上传"
INSIDE = "文件里嵌入了别的文件或对象，请去掉后再上传"
LINKED = "文件连着外面的模板、文件或网页，请断开链接后再上传"
NEXT = "\x1f"  # between one field and another
FIELD = re.compile(
    r"\b(?:DDE(?:AUTO)?|INCLUDE(?:TEXT|PICTURE))\b|(?:\A|\x1f)\s*(?:IMPORT|DATABASE|LINK)\b",
    re.IGNORECASE,
)
FORMULA = re.compile(r"^[^\"]*\|.*!|\b(?:WEBSERVICE|CALL|REGISTER\.ID|EXEC)\s*\(", re.IGNORECASE)
OBJECT = re.compile(
    r"activex/|externallinks/|embeddings/|oleobject|customui/"
    r"|\.(?:zip|jar|exe|dll|js|vbs|html?|svg|mht|docx?|xls[xmb]?|pptx?|rar|7z|gz|lnk)\Z"
)
VBA = re.compile(r"vbaproject|vbadata|macrosheets/")
MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


def office(content: bytes, asked: dict[str, int]) -> Answer:
    """A Word document or a workbook of which every part is what it should be."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            check_directory(entries, len(content), asked)
            parts = {entry.filename.casefold() for entry in entries}
            kinds = [kind for kind, main in MAIN.items() if main in parts]
            if "[content_types].xml" not in parts or len(kinds) != 1:
                raise Refused("不收压缩包，请把里面的文件一个一个上传")
            left = asked["unpacked_bytes"]
            for entry in entries:
                left -= check_part(archive, entry, left)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError) as error:
        raise Refused(TORN) from error
    except expat.ExpatError as error:
        raise Refused(TORN) from error
    return kinds[0], False


def check_directory(entries: list[zipfile.ZipInfo], size: int, asked: dict[str, int]) -> None:
    """Few enough parts, not too much in them, and none that leads out."""
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > asked["entries"] or unpacked > asked["unpacked_bytes"]:
        raise Refused("文件解压后过大")
    if unpacked > asked["ratio"] * max(size, 4096):
        raise Refused("文件压缩比异常")
    if len({entry.filename.casefold() for entry in entries}) != len(entries):
        raise Refused(TORN)
    for entry in entries:
        check_entry(entry)


def check_entry(entry: zipfile.ZipInfo) -> None:
    """One entry of the directory, before anything of it is unpacked."""
    name = entry.orig_filename.casefold()
    if name.startswith("/") or "\\" in name or "\0" in name or ".." in name.split("/"):
        raise Refused("文件内含有越界路径")
    if entry.flag_bits & 0x1:
        raise Refused("文件有密码保护，请取消密码后再上传")
    packing = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if stat.S_ISLNK(entry.external_attr >> 16) or entry.compress_type not in packing:
        raise Refused("文件内含有不允许的内容")
    if VBA.search(name):
        raise Refused(MACRO)
    if OBJECT.search(name):
        raise Refused(INSIDE)


def check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> int:
    """Unpack one part to its real end, whatever the directory says; how much was in it."""
    reader = Reader(entry.filename) if entry.filename.casefold().endswith(XML) else None
    size = 0
    with archive.open(entry) as part:
        while chunk := part.read(CHUNK):
            if size == 0 and not reader and chunk.startswith(ARCHIVES + PROGRAMS):
                raise Refused(INSIDE)
            size += len(chunk)
            if size > left:
                raise Refused("文件解压后过大")
            if EICAR in chunk:
                raise Refused(VIRUS)
            if reader:
                reader.feed(chunk, last=False)
    if reader:
        reader.feed(b"", last=True)
    return size


XML = (".xml", ".rels")  # drawings of old kind (.vml) are often no XML


class Reader:
    """Reads one XML part and refuses what reaches outside or does something by itself."""

    def __init__(self, name: str) -> None:
        self._text: list[str] | None = None
        self._fields: list[str] = []
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        lower = name.casefold()
        if lower.endswith(".rels"):
            self._parser.StartElementHandler = _relate
        elif lower == "[content_types].xml":
            self._parser.StartElementHandler = _typed
        elif lower.startswith(("word/", "xl/")):
            self._parser.StartElementHandler = self._start
            self._parser.EndElementHandler = self._end
            self._parser.CharacterDataHandler = self._said

    def feed(self, chunk: bytes, *, last: bool) -> None:
        """The next bytes; at the last ones, what the fields say together."""
        self._parser.Parse(chunk, last)
        if last and FIELD.search("".join(self._fields)):
            raise Refused("文件里有会自动取外部内容的域（DDE 等），请去掉后再上传")

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        local = element.rpartition(":")[2]
        if local in ("instrText", "f"):
            self._text = []
        if local == "fldSimple":
            told = [text for name, text in attributes.items() if name.endswith("instr")]
            self._fields += [NEXT, *told, NEXT]
        if local in ("oleObject", "OLEObject", "altChunk", "ddeLink"):
            raise Refused(INSIDE)

    def _said(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, element: str) -> None:
        local = element.rpartition(":")[2]
        if local == "fldChar":
            self._fields.append(NEXT)
        if self._text is None or local not in ("instrText", "f"):
            return
        told, self._text = "".join(self._text), None
        if local == "instrText":
            self._fields.append(told)
        elif FORMULA.search(told):
            raise Refused("表格里有会执行命令或者取外部内容的公式，请去掉后再上传")


def _relate(_: str, attributes: dict[str, str]) -> None:
    kind = attributes.get("Type", "").rpartition("/")[2].casefold()
    if kind in ("oleobject", "afchunk", "package", "control"):
        raise Refused(INSIDE)
    if "vba" in kind or "macrosheet" in kind:
        raise Refused(MACRO)
    outside = attributes.get("TargetMode", "").casefold() == "external"
    if kind == "attachedtemplate" or (outside and kind != "hyperlink"):
        raise Refused(LINKED)


def _typed(_: str, attributes: dict[str, str]) -> None:
    told = attributes.get("ContentType", "").casefold()
    if "macroenabled" in told or "vbaproject" in told:
        raise Refused(MACRO)


def _refuse_doctype(*_: object) -> None:
    raise Refused("文件含有不允许的 XML 声明")


# sound and film

SOUND_BRANDS = (b"M4A ", b"M4B ", b"F4A ")
FILM_BRANDS = (
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"MSNV",
    b"M4V ",
)
PLACES = (b"\xa9xyz", b"com.apple.quicktime.location", b"loci")


def film(content: bytes) -> Answer:
    """An MP4 file whose boxes fill it to the end."""
    check_mixture(content)
    brand = content[8:12]
    if brand in (b"heic", b"heix", b"mif1", b"hevc", b"msf1"):
        raise Refused(HEIC)
    if brand not in SOUND_BRANDS + FILM_BRANDS:
        raise Refused(UNKNOWN)
    boxes = dict(walk(content))
    if b"moov" not in boxes:
        raise Refused(TORN)
    located = any(place in boxes[b"moov"] for place in PLACES)
    return ("m4a" if brand in SOUND_BRANDS else "mp4"), located


def walk(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes of the file, one after the other."""
    at = 0
    while at < len(content):
        if at + 8 > len(content):
            raise Refused(TORN)
        size, name = struct.unpack_from(">I4s", content, at)
        if size == 1 and at + 16 <= len(content):
            size = struct.unpack_from(">Q", content, at + 8)[0]
        end = len(content) if size == 0 else at + size
        if end < at + 8 or end > len(content):
            raise Refused(TORN)
        yield name, content[at + 8 : end]
        at = end


RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
SLOW_RATES = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
SAMPLES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def is_sound(content: bytes) -> bool:
    """Whether MPEG sound begins here, after a tag if there is one: two frames in a row."""
    at = 0
    if content.startswith(b"ID3") and len(content) > 10:
        a, b, c, d = (byte & 0x7F for byte in content[6:10])
        at = 10 + (a << 21 | b << 14 | c << 7 | d)
        while at < len(content) and content[at] == 0:
            at += 1
    length = frame(content, at)
    return bool(length) and (at + length >= len(content) or bool(frame(content, at + length)))


def frame(content: bytes, at: int) -> int:
    """The length of the frame of MPEG layer III at a place; 0 when there is none."""
    if at + 4 > len(content) or content[at] != 0xFF or content[at + 1] & 0xE6 != 0xE2:
        return 0
    version, third = content[at + 1] >> 3 & 3, content[at + 2]
    rates = RATES if version == 3 else SLOW_RATES
    rate, samples = rates[third >> 4] * 1000, third >> 2 & 3
    if version not in SAMPLES or samples == 3 or rate == 0:
        return 0
    return (144 if version == 3 else 72) * rate // SAMPLES[version][samples] + (third >> 1 & 1)


# text

LEADS = re.compile(r"\s*<\s*(?:[!?/]|[a-z])", re.IGNORECASE)
SIGNS = frozenset("\t\n\r\f")


def text(content: bytes) -> str:
    """Words for people: no markup, no control characters, in an encoding of the office."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            told = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused(UNKNOWN)
    if any(sign < " " and sign not in SIGNS for sign in set(told)) or content.startswith(PROGRAMS):
        raise Refused(UNKNOWN)
    if LEADS.match(told) or MARKUP.search(content):
        raise Refused(PAGE)
    return "txt"


_LOOKS: tuple[tuple[bytes, Callable[[bytes, dict[str, int]], Answer]], ...] = (
    (b"%PDF-", pdf),
    (b"\xff\xd8\xff", picture),
    (b"\x89PNG\r\n\x1a\n", picture),
    (b"PK\x03\x04", office),
)


def main() -> None:
    """Answer on stdout what the file is, or why it is refused."""
    asked = json.loads(sys.argv[1])
    for encoding in ENCODINGS:  # read from files, which cannot be opened later
        codecs.lookup(encoding)
    confine(asked["memory_bytes"], asked["cpu_seconds"])
    try:
        media, located = judge(sys.stdin.buffer.read(), asked)
        answer = {"media": media, "located": located}
    except Refused as refused:
        answer = {"refused": str(refused)}
    except Exception:  # noqa: BLE001 -- whatever a parser raises, the file is what is broken
        answer = {"refused": TORN}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
