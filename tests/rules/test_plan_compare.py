"""Two wordings of a plan laid side by side: by their words, never by their numbers."""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from config.plan import PlanLineKind as Kind
from service.rules.plan_compare import Change, Fate, Piece, Span, compare, pieces_of, spans
from service.rules.plan_text import assemble, classify, drafted, lines_of

OLD = """
一、依法决策
（一）合法性审查
1、重大决策出台前必须经过合法性审查，审查率达到95%。
2、落实法律顾问制度，推动政府依法决策。
（二）公开
3、制定重大行政决策目录并向社会公开。
二、化解纠纷
（三）调解
4、定期排查矛盾纠纷。
"""
NEW = """
一、依法决策
（一）合法性审查
1、开展行政规范性文件备案审查工作。
2、重大决策出台前必须经过合法性审查，审查率达到100%。
3、落实法律顾问制度，推动政府依法决策。
二、化解纠纷和公开
（二）调解
4、制定重大行政决策目录并向社会公开。
"""


def pieces(text: str) -> tuple[Piece, ...]:
    return pieces_of(drafted(assemble(classify(lines_of(text.strip("\n"))))))


def brief(change: Change) -> str:
    flags = "moved" * change.moved + "renumbered" * change.renumbered
    return f"{change.fate} {flags} {change.piece.text[:6]}".replace("  ", " ")


def test_what_changed_is_told_piece_by_piece() -> None:
    found = compare(pieces(OLD), pieces(NEW))
    assert [brief(change) for change in found.of(Kind.TASK)] == [
        "added 开展行政规范",
        "reworded renumbered 重大决策出台",
        "same renumbered 落实法律顾问",
        "same movedrenumbered 制定重大行政",
        "dropped 定期排查矛盾",
    ]
    assert [brief(change) for change in found.of(Kind.SECTION)] == [
        "same 合法性审查",
        "same renumbered 调解",
        "dropped 公开",
    ]
    assert [change.fate for change in found.of(Kind.CHAPTER)] == [Fate.SAME, Fate.REWORDED]
    reworded = found.of(Kind.TASK)[1]
    assert reworded.spans == (
        Span("same", "重大决策出台前必须经过合法性审查，审查率达到"),
        Span("gone", "95"),
        Span("new", "100"),
        Span("same", "%。"),
    )
    assert not found.is_still


def test_line_ends_are_no_change_of_wording() -> None:
    broken = OLD.replace("合法性审查，", "合法性审查，\n")
    assert compare(pieces(OLD), pieces(broken)).is_still


def test_what_was_added_to_a_short_task_leaves_it_the_same_task() -> None:
    old = [Piece(Kind.TASK, "1", "开展应急演练，加强信息公开。")]
    new = [Piece(Kind.TASK, "9", "开展应急演练，加强信息公开。" + "健全社会应急力量备案制度，" * 9)]
    (change,) = compare(old, new).changes
    assert (change.fate, change.old) == (Fate.REWORDED, old[0])


TEXTS = st.lists(
    st.text("依法决策执行监督公开调解培训演练预案", min_size=4, max_size=18),
    min_size=1,
    max_size=12,
)


def tasks(texts: list[str]) -> list[Piece]:
    return [Piece(Kind.TASK, str(n), text, key=n) for n, text in enumerate(texts, 1)]


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS, st.integers(0, 11))
def test_every_piece_of_both_is_told_exactly_once(
    old: list[str], new: list[str], which: int
) -> None:
    before, after = tasks(old), tasks(new)
    assert compare(before, before).is_still
    found = compare(before, after).changes
    assert Counter(c.old.key for c in found if c.old) == Counter(p.key for p in before)
    assert [c.new.key for c in found if c.new] == [p.key for p in after]
    unlike = tasks(sorted(set(old)))
    less = [p for n, p in enumerate(unlike) if n != which % len(unlike)]
    dropped = [c.old for c in compare(unlike, less).changes if c.fate is Fate.DROPPED]
    assert dropped == [unlike[which % len(unlike)]]
    same = compare(unlike, [replace(p, number=None) for p in unlike]).changes
    assert all(c.fate is Fate.SAME and c.renumbered for c in same)


@settings(max_examples=60, deadline=None)
@given(st.text("甲乙丙丁。\n", max_size=30), st.text("甲乙丙丁。\n", max_size=30))
def test_the_spans_of_two_wordings_give_both_back(old: str, new: str) -> None:
    found = spans(old, new)
    assert "".join(span.text for span in found if span.kind != "new") == old
    assert "".join(span.text for span in found if span.kind != "gone") == new
