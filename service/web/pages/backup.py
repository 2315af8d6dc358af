"""备份状态: when the last backup was, whether it can be brought back, and what mail is held."""

import shutil
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, current_app, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from config.settings import Settings
from config.words import label
from service.operations import backup as operations
from service.queries import backup as queries
from service.queries.backup import BackupStanding, BackupView, HeldView
from service.rules import access
from service.rules import backup as rules
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now

bp = Blueprint("backup", __name__)
SHOWN: Final = 30
STANDINGS: Final = {
    BackupStanding.WAITING: ("等待中", "plain"),
    BackupStanding.RUNNING: ("进行中", "plain"),
    BackupStanding.DONE: ("完成", "ok"),
    BackupStanding.FAILED: ("没有成功", "stop"),
}
LETTERS: Final = {"weekly-letter": "周报"}
UNITS: Final = (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024))


@bp.get("/backups")
@action("backup.read")
def listed() -> ResponseReturnValue:
    """How the centre's memory is kept."""
    verdict = rules.judge(queries.news(), desk().policy.backup, now())
    may_run = access.may(actor(), "backup.run", desk().policy.access)
    settings: Settings = current_app.extensions["settings"]
    disk = shutil.disk_usage(settings.data_dir)
    restored = queries.last_restoration()
    zone = desk().zone
    return render_template(
        "backup/list.html",
        title="备份状态",
        sentence=rules.sentence(verdict, zone),
        is_red=verdict.is_red,
        free_text=f"{_size(disk.free)}（共 {_size(disk.total)}）",
        rows=[_row(each) for each in queries.page(now=now(), limit=SHOWN).items],
        held=[_held(each) for each in queries.held()],
        restored_text=show.moment(restored.restored_at, zone) if restored else None,
        cut_off_text=show.moment(restored.cut_off, zone) if restored else None,
        may_run=may_run,
        post_url=url_for("backup.make"),
    )


@bp.post("/backups")
@action("backup.run")
def make() -> ResponseReturnValue:
    """Ask the worker for one more."""
    operations.ask(actor=actor(), desk=desk(), now=now())
    flash("已交给后台，一分钟内开始；完成后显示在下面")
    return forms.see(url_for("backup.listed"))


@bp.post("/backups/held/<uuid:message_id>/release")
@action("backup.run")
def release(message_id: UUID) -> ResponseReturnValue:
    """Send a held message after all."""
    operations.release(message_id, actor=actor(), desk=desk(), now=now())
    flash("已放行，后台会尽快发出")
    return forms.see(url_for("backup.listed"))


@bp.post("/backups/held/<uuid:message_id>/discard")
@action("backup.run")
def discard(message_id: UUID) -> ResponseReturnValue:
    """Never send a held message."""
    operations.discard(message_id, actor=actor(), desk=desk(), now=now())
    flash("已作废，不会再发")
    return forms.see(url_for("backup.listed"))


def _row(view: BackupView) -> dict[str, Any]:
    text, tone = STANDINGS[view.standing]
    zone = desk().zone
    return {
        "kind": label(view.kind),
        "asked_by": view.asked_by,
        "began_text": show.moment(view.started_at or view.asked_at, zone),
        "ended_text": show.moment(view.ended_at, zone) if view.ended_at else None,
        "file": view.file,
        "size_text": "" if view.size is None else _size(view.size),
        "rows": view.rows,
        "standing_label": text,
        "standing_tone": tone,
        "proven_text": f"{show.moment(view.verified_at, zone)}恢复比对一致"
        if view.verified_at
        else None,
        "error": view.error,
    }


def _held(view: HeldView) -> dict[str, Any]:
    return {
        "recipient": view.recipient,
        "kind": LETTERS.get(view.kind, "其他邮件"),
        "queued_text": show.moment(view.queued_at, desk().zone),
        "release_url": url_for("backup.release", message_id=view.id),
        "discard_url": url_for("backup.discard", message_id=view.id),
    }


def _size(count: int) -> str:
    for unit, size in UNITS:
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} 字节"
