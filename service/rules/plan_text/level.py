"""Which way of numbering makes chapters, which sections, which tasks: each office has its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from config.plan import PlanLineKind
from service.rules.plan_text.number import HEADINGS, Form, Mark

CHAPTER, SECTION, TASK = PlanLineKind.CHAPTER, PlanLineKind.SECTION, PlanLineKind.TASK
MOST_TITLE: Final = 34
_FIGURES: Final = tuple(form for form in Form if form not in HEADINGS and form is not Form.TIAO)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A numbered line: where it is, its mark, and the words after it."""

    index: int
    mark: Mark
    rest: str
    followed: bool = False  # by another numbered line, with nothing between

    @property
    def is_title(self) -> bool:
        """Short, and no sentence."""
        words = self.rest.strip()
        return len(words) <= MOST_TITLE and "。" not in words and "；" not in words


def credible(lines: Sequence[Numbered]) -> list[Numbered]:
    """Without those that only look like a number: soft ones count where they are next in a row."""
    kept: list[Numbered] = []
    last: dict[Form, tuple[int, ...]] = {}
    for position, line in enumerate(lines):
        form, value = line.mark.form, line.mark.value
        if line.mark.soft and not _is_next(line, last, lines[position + 1 :]):
            continue
        last[form] = value
        kept.append(line)
    return kept


def levels(lines: Sequence[Numbered]) -> Mapping[int, PlanLineKind]:
    """By index: which numbered lines are chapters, sections, tasks; the others are text."""
    found: dict[int, PlanLineKind] = {}
    forms = _heading_forms(lines)
    for line in lines:
        if line.mark.form in forms:
            is_section = len(forms) > 1 and line.mark.form is forms[-1]
            found[line.index] = SECTION if is_section else CHAPTER
    for scope in _scopes(lines, forms):
        above = found.get(scope[0].index) if scope[0].mark.form in forms else None
        items = scope[1:] if above else scope
        found.update(_tasks(items, above))
    return found


def has_parts(lines: Sequence[Numbered]) -> Form | None:
    """The coarsest way where there are three ways of heading: its lines stand as chapters too."""
    forms = _heading_forms(lines)
    return forms[0] if len(forms) > 2 else None


def _is_next(
    line: Numbered, last: Mapping[Form, tuple[int, ...]], after: Sequence[Numbered]
) -> bool:
    form, value = line.mark.form, line.mark.value
    before = last.get(form)
    if form in (Form.FIGURE_2, Form.FIGURE_3):
        if before is not None and before[:-1] == value[:-1]:
            return value[-1] == before[-1] + 1
        coarser = last.get(Form.FIGURE if form is Form.FIGURE_2 else Form.FIGURE_2)
        starts = value[-1] == 1
        follows = any(
            other.mark.form is form and other.mark.value == (*value[:-1], 2) for other in after[:40]
        )
        return starts and (follows or coarser == value[:-1] or before is not None)
    if line.mark.about is not None:
        expected = (before[-1] + 1) if before else 1
        return value[-1] == expected and any(
            other.mark.form is form and other.mark.value[-1] == expected + 1 for other in after[:60]
        )
    if before is not None and value[-1] == before[-1] + 1:
        return True
    return value[-1] == 1 and any(
        other.mark.form is form and other.mark.value[-1] == 2 for other in after[:40]
    )


def _heading_forms(lines: Sequence[Numbered]) -> list[Form]:
    used = [form for form in HEADINGS if any(line.mark.form is form for line in lines)]
    articles = [line.index for line in lines if line.mark.form is Form.TIAO]
    bracketed = [line.index for line in lines if line.mark.form is Form.HAN_BRACKETED]
    if articles and bracketed and bracketed[0] > articles[0]:
        used.remove(Form.HAN_BRACKETED)  # （一） under 第一条 is what the article consists of
    return used


def _scopes(lines: Sequence[Numbered], forms: Sequence[Form]) -> list[list[Numbered]]:
    """From one heading to the next; before the first heading is a scope, too."""
    scopes: list[list[Numbered]] = []
    for line in lines:
        if line.mark.form in forms or not scopes:
            scopes.append([line])
        else:
            scopes[-1].append(line)
    return scopes


def _tasks(items: Sequence[Numbered], above: PlanLineKind | None) -> dict[int, PlanLineKind]:
    """The coarsest way below a heading makes the tasks; titles over finer ones are headings."""
    if not items:
        return {}
    free = [CHAPTER, SECTION] if above is None else [SECTION] if above is CHAPTER else []
    found: dict[int, PlanLineKind] = {}
    left = list(items)
    for kind in free:
        top = left[0].mark.form
        titles = [line for line in left if line.mark.form <= top]
        finer = [line for line in left if line.mark.form > top]
        over = sum(line.followed for line in titles)
        if not finer or 2 * over < len(titles) or not all(line.is_title for line in titles):
            break
        found.update({line.index: kind for line in titles})
        left = finer
        if len({line.mark.form for line in finer}) == 1:
            break
    first = left[0].mark.form
    top = first
    for line in left:
        if line.mark.form <= top:
            found[line.index] = TASK
            top = line.mark.form
    return found
