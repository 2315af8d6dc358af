"""The archive: what goes in comes out, and nothing else ever does."""

import random
from io import BytesIO

import pytest

from service.gateways.archive import CHUNK, ArchiveReader, ArchiveWriter, Damaged, WrongKey, lines

KEY, OTHER = b"b" * 32, b"c" * 32
NOISE = random.Random(4).randbytes(3 * CHUNK)
PARTS = {"table/party": "王小满\n李大有\n".encode() * 1000, "table/visit": b"", "file/a": NOISE}
MANIFEST = {"form": 1, "表": "全部"}


def written(key: bytes = KEY) -> bytes:
    file = BytesIO()
    archive = ArchiveWriter(file, key)
    for name, content in PARTS.items():
        with archive.part(name) as part:
            for place in range(0, len(content), 10_000):
                part.write(content[place : place + 10_000])
    archive.close(MANIFEST)
    return file.getvalue()


def read(content: bytes, key: bytes = KEY) -> tuple[dict[str, bytes], dict[str, object]]:
    archive = ArchiveReader(BytesIO(content), key)
    parts = {name: b"".join(pieces) for name, pieces in archive.parts()}
    return parts, archive.manifest


def test_every_part_and_the_manifest_come_back() -> None:
    assert read(written()) == (PARTS, MANIFEST)


def test_nothing_stands_there_in_clear_and_no_two_archives_are_alike() -> None:
    first, second = written(), written()
    assert [each in first for each in ("王小满".encode(), NOISE[:64], b"party")] == [False] * 3
    assert first[200:1000] != second[200:1000]


@pytest.mark.parametrize("seed", range(20))
def test_a_flipped_bit_anywhere_is_found(seed: int) -> None:
    drawn = random.Random(seed)
    content = bytearray(written())
    content[drawn.randrange(len(content))] ^= 1 << drawn.randrange(8)
    with pytest.raises((Damaged, WrongKey)):
        read(bytes(content))


def test_an_archive_cut_off_anywhere_is_found() -> None:
    content = written()
    chunk = CHUNK + 16
    ends = [0, 10, 60, len(content) - 1, len(content) - 17, *range(66, len(content), chunk)]
    for end in ends:
        with pytest.raises(Damaged):
            read(content[:end])


def test_chunks_in_another_order_or_twice_are_found() -> None:
    content, chunk = written(), CHUNK + 16
    head, body = content[:66], content[66:]
    pieces = [body[place : place + chunk] for place in range(0, len(body), chunk)]
    first, second, *rest = pieces
    for order in ([second, first, *rest], [first, first, second, *rest], [first, *rest]):
        with pytest.raises(Damaged):
            read(head + b"".join(order))


def test_something_after_the_end_is_found() -> None:
    with pytest.raises(Damaged):
        read(written() + b"\0")


def test_another_key_is_told_apart_from_damage() -> None:
    with pytest.raises(WrongKey):
        read(written(), OTHER)


def test_any_other_file_is_no_archive() -> None:
    with pytest.raises(Damaged):
        read(b"SQLite format 3\0" + bytes(500))


def test_lines_are_put_together_across_pieces() -> None:
    assert list(lines(iter([b"a", b"b\nc", b"\n", b"d"]))) == [b"ab", b"c", b"d"]
