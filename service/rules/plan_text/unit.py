"""Who is named as answering for a task, and by when; the wording itself stays whole."""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

_LEAD_WORDS: Final = "牵头单位|牵头部门|主办单位|牵头科室|牵头站所"
_ANSWER_WORDS: Final = (
    "责任单位及责任人|责任单位|责任部门|责任主体|责任科室|责任股室|责任站所|承办单位|落实单位|实施单位|主责单位"
    "|主责部门|主管单位"
)
_ASSIST_WORDS: Final = (
    "配合单位|协办单位|配合部门|协同单位|协同部门|参与单位|参加单位|协作单位|配合科室|支持单位"
)
_OWNER_WORDS: Final = "牵头领导|责任领导|分管领导|包联领导|责任人员|责任人|负责人|牵头人"
_DUE_WORDS: Final = (
    "完成时限|完成时间|完成期限|时限要求|时间要求|时间节点|时间安排|办结时限|时限|期限|推进时限"
)
_GROUPS: Final = {
    "lead": _LEAD_WORDS,
    "answer": _ANSWER_WORDS,
    "assist": _ASSIST_WORDS,
    "owners": _OWNER_WORDS,
    "due": _DUE_WORDS,
}
_WORD: Final = "|".join(f"(?P<{group}>{words})" for group, words in _GROUPS.items())
_LABEL: Final = re.compile(rf"(?:{_WORD})[\s\u3000]*[：:]")
_AT_START: Final = re.compile(
    rf"^[\s\u3000]*[（(【〔\[]?[\s\u3000]*(?:{_WORD})[\s\u3000]*(?:[】〕\]][\s\u3000]*[：:]?|[：:])"
)
_LABEL_ALONE: Final = re.compile(rf"(?:{_WORD})[\s\u3000]*[】〕\]][：:]?")
_BRACKET: Final = re.compile(
    r"[（(【〔\[](?P<inner>(?:[^（()）]|[（(][^（()）]*[)）]){2,400})[)）】〕\]][\s\u3000]*[。；;.]?[\s\u3000]*$"
)
_DOES: Final = re.compile(
    r"^(?P<names>.{2,120}?)(?:负责)?(?P<does>牵头负责|牵头落实|牵头|配合|负责落实|负责|分别负责|按职责分工负责)$"
)
_SUFFIX: Final = (
    "局|所|办|站|中心|大队|中队|队|部|院|委|会|村|社区|室|科|股|组|支部|党委|政府|学校|庭|公司|单位|部门|镇|乡"
    "|苏木|嘎查|街道|分局|银行|窗口|工会|妇联|团委|武装|协会|企业|合作社|卫生院|人大|政协|法院|检察院|）|\\)"
)
_OWN_PART: Final = re.compile(
    r"(?:(?<=[，,；;。])|^)(?P<names>[^，,；;。（）()\n]{2,120})(?P<does>牵头|配合)[\s\u3000]*(?=[，,；;。]|$)"
)
_IS_UNIT: Final = re.compile(rf"(?:{_SUFFIX})(?:等|等相关单位|等部门|等单位)?$")
_JOINED: Final = re.compile(r"和|及|与|[\s\u3000]+")
_NO_DAY: Final = re.compile(r"每|长期|持续|常年|全年|随时|及时|按时|按要求|适时")
_YEAR_END: Final = re.compile(r"年底|年末|年内|年前|下半年|^\s*\d{4}年\s*$")
_EDGE: Final = " \t\u3000\n\r。；;，,、：:.（(【[〔"


@dataclass(frozen=True, slots=True)
class Units:
    """Whom a wording names: who leads 牵头, answers 责任, assists 配合; persons; by when."""

    lead: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    assist: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    due: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every unit once, the one that leads first."""
        return _once(self.lead + self.answer + self.assist)

    def with_more(self, other: "Units") -> "Units":
        """Both together; nobody is named twice, the first date stays."""
        return Units(
            _once(self.lead + other.lead),
            _once(self.answer + other.answer),
            _once(self.assist + other.assist),
            _once(self.owners + other.owners),
            self.due or other.due,
        )


NOBODY: Final = Units()


def begins_with_label(text: str) -> bool:
    """Is this a line such as 责任单位：司法所?"""
    return _AT_START.match(text) is not None


def units_of_line(text: str) -> Units:
    """What a line of labels says: 责任单位：党政办；配合单位：各村；完成时限：6月底."""
    found = NOBODY
    matches = sorted(
        [*_LABEL.finditer(text), *_LABEL_ALONE.finditer(text)], key=lambda match: match.start()
    )
    kept = [m for i, m in enumerate(matches) if i == 0 or m.start() >= matches[i - 1].end()]
    for match, after in zip(kept, [*kept[1:], None], strict=True):
        said = text[match.end() : after.start() if after else len(text)]
        found = found.with_more(labelled(str(match.lastgroup), said))
    return found


def units_in(text: str) -> Units:
    """What a task's wording says of units: in brackets at its end, or on lines of their own."""
    found = NOBODY
    for line in text.split("\n"):
        if begins_with_label(line):
            found = found.with_more(units_of_line(line))
        elif bracket := _BRACKET.search(line[-404:]):
            inner = bracket["inner"]
            found = found.with_more(
                units_of_line(inner) if _LABEL.search(inner) else _who_does(inner)
            )
        elif label := re.search(rf"[。；;][\s\u3000]*(?=(?:{_WORD})[\s\u3000]*[：:])", line):
            found = found.with_more(units_of_line(line[label.end() :]))
    return found


def labelled(group: str, said: str) -> Units:
    """What stands behind a label, or in a column of a table."""
    if group == "due":
        words = said.strip(_EDGE + "）)】]〕")
        return Units(due=words or None)
    if group == "owners":
        return Units(owners=names(said))
    if group not in ("lead", "answer", "assist"):
        return NOBODY
    own, rest = NOBODY, said
    for part in _OWN_PART.finditer(said):  # 司法所牵头，各村配合 under 责任单位
        found = names(part["names"])
        if found and all(_IS_UNIT.search(name) for name in found):
            does = "lead" if part["does"] == "牵头" else "assist"
            own = own.with_more(_units(does, found))
            rest = rest.replace(part[0], "", 1)
    return own.with_more(_units(group, names(rest)))


def _units(group: str, found: tuple[str, ...]) -> Units:
    if group == "lead":
        return Units(lead=found)
    return Units(assist=found) if group == "assist" else Units(answer=found)


def names(text: str) -> tuple[str, ...]:
    """The names in an enumeration; never cut inside brackets or inside 农牧和科技局."""
    pieces: list[str] = []
    for piece in _outside_brackets(text):
        pieces.extend(_at_joints(piece))
    tidy = (_unbracketed(piece.strip(_EDGE)) for piece in pieces)
    return _once(piece for piece in tidy if piece)


def due_date(words: str | None, year: int) -> date | None:
    """The day of words such as 2026年6月底前, 9月30日, 第二季度, 年底; None where it is none."""
    if not words or _NO_DAY.search(words):
        return None
    said = re.search(r"(\d{4})年", words)
    in_year = int(said[1]) if said else year
    if found := re.search(r"(\d{1,2})月(?:份)?(?:(\d{1,2})[日号]|(上旬|中旬))?", words):
        tens = {"上旬": "10", "中旬": "20"}.get(found[3] or "")
        return _day(in_year, int(found[1]), found[2] or tens)
    if found := re.search(r"(\d{4})[-./](\d{1,2})(?:[-./](\d{1,2}))?", words):
        return _day(int(found[1]), int(found[2]), found[3])
    if found := re.search(r"([一二三四1-4])季度", words):
        return _day(in_year, 3 * ("一二三四1234".index(found[1]) % 4 + 1), None)
    month = 6 if re.search(r"上半年|年中", words) else 12 if _YEAR_END.search(words) else 0
    return _day(in_year, month, None)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _day(year: int, month: int, day: str | None) -> date | None:
    if not (1 <= month <= 12 and 1990 <= year <= 2199):
        return None
    last = calendar.monthrange(year, month)[1]
    number = int(day) if day else last
    return date(year, month, number) if 1 <= number <= last else None


def _who_does(inner: str) -> Units:
    """司法所牵头，各村配合 and 党政办、司法所按职责分工负责."""
    found = NOBODY
    for part in re.split(r"[；;，,。]", inner):
        match = _DOES.match(part.strip())
        if match is None:
            continue
        does = match["does"]
        group = "assist" if does == "配合" else "lead" if does.startswith("牵头") else "answer"
        found = found.with_more(labelled(group, match["names"]))
    return found


def _outside_brackets(text: str) -> Iterable[str]:
    depth, start = 0, 0
    for index, character in enumerate(text):
        if character in "（(":
            depth += 1
        elif character in "）)":
            depth = max(depth - 1, 0)
        elif character in "、，,；;\n/" and depth == 0:
            yield text[start:index]
            start = index + 1
    yield text[start:]


def _at_joints(piece: str) -> list[str]:
    """Cut at 和, 及, 与 and spaces where a unit stands on both sides."""
    for joint in _JOINED.finditer(piece):
        left, right = piece[: joint.start()].strip(), piece[joint.end() :].strip()
        if left and right and _IS_UNIT.search(left) and _IS_UNIT.search(right):
            return [left, *_at_joints(right)]
    return [piece]


def _unbracketed(name: str) -> str:
    """A bracket that was opened before the first name is closed behind the last."""
    if name.endswith(("）", ")", "】", "]", "〕")) and not re.search(r"[（(【\[〔]", name):
        return name.rstrip("）)】]〕。 ")
    return name
