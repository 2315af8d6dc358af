"""建议书: the register of letters, one of them with its rounds, the reply to print, the rates."""

from dataclasses import asdict
from datetime import date
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.clock_subject import ClockSubject
from config.suggestion import SuggestionPaper, SuggestionStatus, SuggestionStep
from config.words import label, labels
from schemas.suggestion import SHAPES, CorrectLetterIn, LetterFileIn, LetterIn, LetterQuery
from service.errors import Conflict, Invalid, KeyReused, NotFound, Stale, StepNotAllowed, TooLarge
from service.operations import suggestion as operations
from service.operations import suggestion_correction as correction
from service.operations import suggestion_file as file_operations
from service.operations import suggestion_step as steps
from service.operations.suggestion import DemandDraft, SuggestionDraft
from service.operations.suggestion_file import FileDraft
from service.queries import event, metric
from service.queries import organisation as organisations
from service.queries import paper as paper_queries
from service.queries import suggestion as queries
from service.queries import suggestion_part as parts
from service.queries.metric import Question
from service.queries.page import as_day
from service.queries.suggestion import Filters, SuggestionView
from service.reports import weekly as reports
from service.reports.paper import Paper
from service.rules import access
from service.rules import metric as dictionary
from service.rules import paper as paper_rules
from service.rules import suggestion as rules
from service.rules.statistics import Period, Rate
from service.web import (
    attachment,
    clock_explained,
    linkage,
    paper_file,
    suggestion,
    suggestion_file,
)
from service.web import form as forms
from service.web.door import action, actor, bulky, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("suggestion", __name__)
T = SuggestionStep
TWICE: Final = "这份建议书刚才已经登记过了。要再登记一份，请核对内容后再点登记"
AGAIN: Final = "刚才已经登记过了。要再登记一次，请核对内容后再点"
CHANGED: Final = "刚才有人改过这份建议书，请看一下现在的情况，再点一次"
NO_FILE: Final = "请选择一个文件；浏览器不留住选过的文件，要重新选择"
PLACES: Final = 10  # demands of the form
RATES: Final = ("suggestion_reply_rate", "suggestion_on_time_rate", "suggestion_rectified_rate")
COUNTS: Final = (
    "suggestions_due",
    "suggestions_replied",
    "suggestions_late",
    "suggestions_not_due",
    "suggestions_objected",
)


@bp.get("/suggestions")
@action("suggestion.read")
def listed() -> ResponseReturnValue:
    """The letters, latest received first; overdue ones, longest overdue first."""
    given: dict[str, Any] = {name: value for name, value in request.args.items() if value}
    try:
        query = load_body(LetterQuery, given)
        paging = {key: query.pop(key) for key in ("limit", "cursor", "count")}
        page = queries.page(Filters(**query), actor=actor(), desk=desk(), now=now(), **paging)
    except Invalid as refusal:
        flash("有的条件看不懂，已经去掉", "warn")
        rest = {name: value for name, value in given.items() if name not in refusal.fields}
        return forms.see(url_for("suggestion.listed", **rest))
    plain = {name: value for name, value in given.items() if name not in ("cursor", "count")}
    following = url_for("suggestion.listed", **(plain | {"cursor": page.next_cursor or ""}))
    return render_template(
        "suggestion/list.html",
        title="建议书",
        rows=[suggestion.row(each) for each in page.items],
        shown=len(page.items),
        filters=_filters(plain),
        narrowed=bool(set(plain) - {"limit"}),
        list_url=url_for("suggestion.listed"),
        new_url=url_for("suggestion.new") if _may("suggestion.record") else None,
        figures_url=url_for("suggestion.figures") if _may("metric.read") else None,
        empty="没有符合条件的建议书。" if plain else "还没有登记建议书。",
        next_url=following if page.next_cursor else None,
        first_url=url_for("suggestion.listed", **plain) if "cursor" in given else None,
    )


@bp.get("/suggestions/new")
@action("suggestion.record")
def new() -> ResponseReturnValue:
    """An empty form; nothing is chosen, for the term depends on the kind."""
    return _form(Form())


@bp.post("/suggestions/new")
@action("suggestion.record")
def record() -> ResponseReturnValue:
    """Record a letter."""

    def produce() -> ResponseReturnValue:
        body = load_body(LetterIn, _letter())
        draft = SuggestionDraft(**body | {"demands": [DemandDraft(**e) for e in body["demands"]]})
        made = operations.record(draft, actor=actor(), desk=desk(), now=now())
        flash("已登记。请上传原件，并转给办理单位")
        return forms.see(url_for("suggestion.detail", suggestion_id=made))

    return forms.once(produce, shown=_form, twice=TWICE, at=_at_places)


@bp.get("/suggestions/<uuid:suggestion_id>")
@action("suggestion.read")
@noted("read", "suggestion")
def detail(suggestion_id: UUID) -> ResponseReturnValue:
    """One letter, with the steps that are open."""
    return _detail(suggestion_id, Form())


@bp.get("/suggestions/<uuid:suggestion_id>/correct")
@action("suggestion.correct")
@noted("read", "suggestion")
def ask_correction(suggestion_id: UUID) -> ResponseReturnValue:
    """What was written down of it, to write over what is wrong."""
    view = _view(suggestion_id)
    if (why := rules.why_not_corrected(view.status, view.first_replied_on)) is not None:
        raise Conflict(why)
    return _correction(suggestion_id, Form(values=suggestion.fact_values(view)))


@bp.post("/suggestions/<uuid:suggestion_id>/correct")
@action("suggestion.correct")
def correct(suggestion_id: UUID) -> ResponseReturnValue:
    """Correct it; a field that was emptied says that there is nothing."""

    def produce() -> ResponseReturnValue:
        told = forms.body(request.form)
        raw = {name: told.get(name) for name in (*suggestion.FACTS, "reason")}
        body = load_body(CorrectLetterIn, raw | {"urgent": raw["urgent"] or False})
        try:
            correction.correct(
                suggestion_id, body, version=forms.version(), actor=actor(), desk=desk(), now=now()
            )
        except Stale as refusal:
            raise Invalid({"": [CHANGED]}) from refusal
        except Conflict as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        flash("已更正，期限按更正后的情况重新计算")
        return forms.see(url_for("suggestion.detail", suggestion_id=suggestion_id))

    return forms.once(produce, shown=lambda form: _correction(suggestion_id, form), twice=AGAIN)


@bp.post("/suggestions/<uuid:suggestion_id>/steps/<suggestion_step>")
@action("suggestion.{suggestion_step}")
def take(suggestion_id: UUID, suggestion_step: str) -> ResponseReturnValue:
    """Take one step."""
    if suggestion_step not in set(SuggestionStep):
        raise NotFound("没有这一步")
    step = SuggestionStep(suggestion_step)
    number = request.form.get("number", "") if step in suggestion.OF_DEMANDS else ""
    at = f"{step.value}{number}"

    def produce() -> ResponseReturnValue:
        told = forms.group(at)
        if step in suggestion.OF_DEMANDS:
            told["number"] = int(number[:3]) if number.isascii() and number.isdigit() else number
        body = load_body(SHAPES[step], told)
        try:
            steps.take(
                suggestion_id,
                step,
                body,
                version=forms.version(),
                actor=actor(),
                desk=desk(),
                now=now(),
            )
        except Stale as refusal:
            raise Invalid({"": [CHANGED]}) from refusal
        except (Conflict, StepNotAllowed) as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        flash(f"已{label(step)}" if step is T.APPROVE else f"{label(step)}：已保存")
        return forms.see(url_for("suggestion.detail", suggestion_id=suggestion_id))

    def placed(fields: forms.Fields) -> forms.Fields:
        return {f"{at}.{name}" if name else "": said for name, said in fields.items()}

    return forms.once(
        produce, shown=lambda form: _detail(suggestion_id, form), twice=AGAIN, at=placed
    )


@bp.get("/demands")
@action("suggestion.read")
def owed() -> ResponseReturnValue:
    """Where messages about several demands lead."""
    return forms.see(url_for("suggestion.listed"))


@bp.get("/demands/<uuid:demand_id>")
@action("suggestion.read")
def of_demand(demand_id: UUID) -> ResponseReturnValue:
    """The letter a demand stands in: where messages about it lead."""
    found = queries.letter_of(demand_id, actor=actor(), desk=desk())
    return forms.see(url_for("suggestion.detail", suggestion_id=found))


@bp.post("/suggestions/<uuid:suggestion_id>/files")
@action("suggestion.attach")
@bulky
def attach(suggestion_id: UUID) -> ResponseReturnValue:
    """Take one file in, once however often the form is sent."""
    try:
        draft = _file()
        who: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        with file_operations.taken_in(
            suggestion_id, draft, store=attachment.store(), actor=actor(), desk=desk()
        ) as candidate:

            def add() -> ResponseReturnValue:
                file_operations.add(suggestion_id, candidate, draft, **who)
                flash(f"已上传：{draft.name}")
                return forms.see(url_for("suggestion.detail", suggestion_id=suggestion_id))

            return forms.kept(add)
    except Invalid as refusal:
        told = {
            f"upload.{name}": said for name, said in ({"file": [NO_FILE]} | refusal.fields).items()
        }
        return _detail(suggestion_id, forms.typed(request.form, told)), 422
    except TooLarge as refusal:
        told = {"upload.file": [refusal.detail]}
        return _detail(suggestion_id, forms.typed(request.form, told)), 413
    except KeyReused:
        return _detail(suggestion_id, forms.renewed(request.form, AGAIN)), 422


@bp.get("/suggestions/<uuid:suggestion_id>/files/<uuid:file_id>")
@action("suggestion.read")
def given(suggestion_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """The file, to be saved."""
    return suggestion_file.sent(suggestion_id, file_id)


@bp.get("/suggestions/<uuid:suggestion_id>/reply/<int:ordinal>")
@action("suggestion.read")
@noted("print", "suggestion")
def paper(suggestion_id: UUID, ordinal: int) -> ResponseReturnValue:
    """The reply 复函 of a round to print: as it was approved, until then as a draft."""
    found, mark = _paper(suggestion_id, ordinal)
    at: dict[str, Any] = {"suggestion_id": suggestion_id}
    return render_template(
        "paper/official.html",
        title=f"复函：{found.title}",
        paper=asdict(found),
        note="",
        centre=paper_queries.letterhead(),
        mark=mark,
        docx_url=url_for("suggestion.docx", **at, ordinal=ordinal),
        detail_url=url_for("suggestion.detail", **at),
        back="回到这份建议书",
    )


@bp.get("/suggestions/<uuid:suggestion_id>/reply/<int:ordinal>/docx")
@action("suggestion.read")
@noted("download", "suggestion")
def docx(suggestion_id: UUID, ordinal: int) -> ResponseReturnValue:
    """The same as a Word file."""
    return paper_file.sent(*_paper(suggestion_id, ordinal))


def _paper(suggestion_id: UUID, ordinal: int) -> tuple[Paper, str]:
    """The reply of a round on paper, with its mark; NotFound where nothing was written."""
    for each in _view(suggestion_id).replies:
        if each.round == ordinal and each.reply:
            found = suggestion.on_paper(each, each.reply)
            return found, paper_rules.mark(asdict(found) | {"paper": "suggestion_reply"})
    raise NotFound("没有这一轮复函")


@bp.get("/suggestions/figures")
@action("metric.read")
def figures() -> ResponseReturnValue:
    """办复率, 按期办复率, 整改率 of a period, how they are counted, each number with its rows."""
    period = _period()
    asked = {
        name: metric.figure(_question(name, period), policy=desk().policy)
        for name in (*RATES, *COUNTS)
    }
    by_unit = metric.figure(_question(RATES[0], period), by="organisation", policy=desk().policy)
    where: dict[str, Any] = {"from": period.start_on.isoformat(), "to": period.end_on.isoformat()}
    return render_template(
        "suggestion/figures.html",
        title="建议书办复情况",
        start=where["from"],
        end=date.fromordinal(period.end_on.toordinal() - 1).isoformat(),
        post_url=url_for("suggestion.figures"),
        list_url=url_for("suggestion.listed") if _may("suggestion.read") else None,
        rates=[
            {
                "label": asked[name].metric.label,
                "text": reports.share_of(Rate(asked[name].numerator, asked[name].denominator or 0)),
                "numerator": asked[name].numerator,
                "denominator": asked[name].denominator,
                "definition": asked[name].metric.definition,
                "url": url_for("figure.rows", metric_id=name, **where),
            }
            for name in RATES
        ],
        counts=[
            {
                "label": asked[name].metric.label,
                "text": str(asked[name].numerator),
                "definition": asked[name].metric.definition,
                "url": url_for("figure.rows", metric_id=name, **where),
            }
            for name in COUNTS
        ],
        units=[
            {
                "label": each.label,
                "text": reports.share_of(Rate(each.numerator, each.denominator or 0)),
                "url": url_for("figure.rows", metric_id=RATES[0], **where, organisation=each.key),
            }
            for each in by_unit.groups or ()
        ],
    )


def _period() -> Period:
    """The asked days, both included; this year so far and to its end unless asked."""
    year = desk().today(now()).year
    told = {"from": date(year, 1, 1), "to": date(year, 12, 31)}
    for name in told:
        if request.args.get(name):
            try:
                told[name] = as_day(request.args[name])
            except ValueError as refusal:
                raise Invalid({name: ["日期应为 年-月-日"]}) from refusal
    return Period(told["from"], date.fromordinal(told["to"].toordinal() + 1))


def _question(name: str, period: Period) -> Question:
    return Question(
        metric=dictionary.find(name),
        period=period,
        today=desk().today(now()),
        scope=access.scope(actor(), "metric.read", desk().policy.access),
    )


def _file() -> FileDraft:
    """The posted file with what was told about it."""
    chosen = [each for each in request.files.getlist("upload.file") if each]
    body = load_body(LetterFileIn, forms.group("upload"))
    if len(chosen) != 1:
        raise Invalid({"file": [NO_FILE]})
    return suggestion_file.draft(chosen[0], body)


def _letter() -> dict[str, Any]:
    """The posted letter; its demands are numbered as they stand unless they say otherwise."""
    raw = forms.body(request.form)
    told: list[Any] = raw.pop("demands", [])
    rows = [each for each in told if isinstance(each, dict)]
    for place, each in enumerate(rows, 1):
        number = str(each.get("number", ""))
        plain = number.isascii() and number.isdigit()
        each["number"] = int(number[:3]) if plain else (number or place)
    raw["demands"] = rows
    return raw


def _at_places(fields: forms.Fields) -> forms.Fields:
    """An error about the list of demands stands at its first place."""
    return {
        ("demands.0.text" if name == "demands" else name): said for name, said in fields.items()
    }


def _view(suggestion_id: UUID) -> SuggestionView:
    return queries.one(suggestion_id, actor=actor(), desk=desk(), now=now())


def _detail(suggestion_id: UUID, form: Form) -> str:
    view = _view(suggestion_id)
    row, key = queries.opened(suggestion_id, actor=actor(), desk=desk())
    shown = suggestion.detail(view, parts.files(row, key))
    for told, each in zip(shown["demands"], view.demands, strict=True):
        told["form"] = suggestion.demand_form(view, each)
    asked = [each["form"] for each in shown["demands"] if each["form"]]
    steps, upload = suggestion.steps(view), _upload(view)
    form = Form(form.key, suggestion.answer_values(view) | dict(form.values), form.errors)
    found = event.of_subject("suggestion", suggestion_id)
    return render_template(
        "suggestion/detail.html",
        title=f"{shown['title']}",
        letter=shown,
        form=form,
        steps=steps,
        answers=T.ANSWER_DEMAND in view.steps,
        fields=[
            *(field for each in asked for field in each["fields"]),
            *(upload["fields"] if upload else []),
            *(field for each in steps for field in each["fields"]),
        ],
        suit_url=url_for("lawsuit.new") if _may("lawsuit.record") else None,
        ways=desk().policy.suggestions.ways,
        told=[suggestion.told(each) for each in parts.told_steps(suggestion_id)],
        terms=clock_explained.section_of(ClockSubject.SUGGESTION, suggestion_id),
        upload=upload,
        events=[suggestion.event(each) for each in reversed(found.items)],
        chains=linkage.chains(letter=view.document_number),
        correct_url=url_for("suggestion.ask_correction", suggestion_id=suggestion_id)
        if view.correctable
        else None,
        list_url=url_for("suggestion.listed"),
    )


def _upload(view: SuggestionView) -> dict[str, Any] | None:
    """The form for one more file, for who may hand one in."""
    scope = access.scope(actor(), "suggestion.attach", desk().policy.access)
    if not access.is_reached(scope, view.organisation.id):
        return None
    made = forms.described
    papers = [("", "请选择"), *labels(SuggestionPaper).items()]
    demands = [("", "不针对哪一条"), *((str(e.number), f"第 {e.number} 条") for e in view.demands)]
    return {
        "url": url_for("suggestion.attach", suggestion_id=view.id),
        "fields": [
            made("upload.paper", "是什么材料", "select", options=papers, required=True),
            made("upload.demand", "针对哪一条", "select", options=demands),
            made(
                "upload.file",
                "文件",
                "file",
                required=True,
                hint=attachment.FILE_HINT,
                attrs={"accept": attachment.ACCEPTED},
            ),
            made("upload.keep_location", "连同拍摄地点一起保存", "checkbox"),
        ],
    }


def _correction(suggestion_id: UUID, form: Form) -> str:
    view = _view(suggestion_id)
    why = forms.described(
        "reason", "更正的原因", required=True, maxlength=200, hint="不写当事人姓名"
    )
    return render_template(
        "suggestion/correct.html",
        title=f"更正登记：{view.number}",
        form=form,
        fields=[*suggestion.fact_fields(), why],
        ways=desk().policy.suggestions.ways,
        approved=view.approved,
        version=view.version,
        post_url=url_for("suggestion.correct", suggestion_id=suggestion_id),
        detail_url=url_for("suggestion.detail", suggestion_id=suggestion_id),
    )


def _form(form: Form) -> str:
    made, facts = forms.described, suggestion.fact_fields()
    policy = desk().policy.suggestions
    return render_template(
        "suggestion/new.html",
        title="登记建议书",
        form=form,
        hints=[(label(each.kind), each.hint) for each in policy.by_kind.values()],
        ways=policy.ways,
        fields=[
            *facts[:3],
            made("title", "事由", required=True, maxlength=120, hint="一句话，不写当事人姓名"),
            *facts[3:],
            made("copied_to", "抄送", maxlength=200),
            made(
                "organisation",
                "办理单位",
                "select",
                options=suggestion.units(),
                required=True,
            ),
        ],
        places=[
            [
                made(
                    f"demands.{n}.text",
                    f"第 {n + 1} 条建议",
                    "textarea",
                    required=n == 0,
                    maxlength=2000,
                )
            ]
            for n in range(PLACES)
        ],
        post_url=url_for("suggestion.record"),
        list_url=url_for("suggestion.listed"),
    )


def _filters(given: dict[str, Any]) -> list[dict[str, Any]]:
    units = [(str(each.id), each.name) for each in organisations.active_in_town(actor())]
    options = {
        "kind": ("种类", suggestion.kinds()),
        "status": ("办到哪一步", list(labels(SuggestionStatus).items())),
        "organisation": ("办理单位", units),
        "overdue": ("逾期", [("true", "逾期未回复"), ("false", "没有逾期")]),
    }
    return [
        {"name": name, "label": text, "value": given.get(name, ""), "options": choices}
        for name, (text, choices) in options.items()
    ]


def _may(name: str) -> bool:
    return access.may(actor(), name, desk().policy.access)
