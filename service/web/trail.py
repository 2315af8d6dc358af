"""How the trail 审计 is told: who did what to what, in words of the office."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from flask import current_app

from config.settings import Settings
from config.vocabulary import AuditResult, LawsuitStep, Role, Step
from config.words import label, labels
from service.queries import audit as queries
from service.queries.audit import Asked, EntryView, LookView
from service.web import show
from service.web.door import actor, desk, now
from service.web.timeline import DEEDS, FIELDS, PARTY_FIELDS

THINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "attachment": "附件",
        "audit": "审计记录",
        "backup": "备份",
        "calendar": "工作日历",
        "clock": "期限",
        "consultation": "咨询",
        "dispute": "纠纷",
        "duplicate": "查重",
        "glass": "紧急查阅",
        "job": "后台作业",
        "key": "密钥",
        "lawsuit": "应诉案件",
        "ledger": "台账",
        "ledger_batch": "台账导入",
        "material": "材料",
        "metric": "统计数字",
        "organisation": "单位",
        "paper": "文书",
        "readout": "电话答复",
        "register": "登记簿",
        "report": "周报",
        "routing": "分流规则",
        "search": "查找",
        "setup": "首次设置",
        "shift": "交接班",
        "status": "运行状态",
        "subscription": "周报订阅",
        "token": "接口令牌",
        "user": "账户",
        "weekly": "周报",
    }
)
VERBS: Final[Mapping[str, str]] = MappingProxyType(
    dict(DEEDS)
    | labels(Step)
    | labels(LawsuitStep)
    | {
        "anchor": "写锚点",
        "ask": "查进度",
        "ask-roles": "提出授权",
        "approve": "审批",
        "enter": "添加",
        "change-roles": "调整角色",
        "break_glass": "申请紧急查阅",
        "check": "查重",
        "commit": "写入",
        "create": "新建",
        "decide": "决定",
        "disable": "停用",
        "download": "下载",
        "draft": "拟稿",
        "enable": "启用",
        "export": "导出",
        "finish": "完成",
        "hand_over": "交接",
        "identity": "按证件、电话查找",
        "invite": "发登录码",
        "list": "查看列表",
        "look": "打开查看",
        "looks": "看谁看过",
        "make": "生成",
        "manage": "管理",
        "open": "打开",
        "outside_entry": "登记外部系统编号",
        "oversee": "查看审计",
        "preview": "试算",
        "publish": "发布",
        "read": "查看",
        "refuse-roles": "不同意授权",
        "receipt": "打开回执",
        "reset": "重置登录",
        "reveal": "看明文",
        "revise": "改稿",
        "restrict": "限制查阅",
        "revoke": "吊销",
        "roles": "改角色",
        "run": "执行",
        "set-password": "设密码",
        "settle": "补算期限",
        "sign": "签发",
        "sign-in": "登录",
        "sign-in-refused": "登录没有成功",
        "sign-out": "退出",
        "subscribe": "订阅",
        "take": "接班",
        "unlock": "解锁",
        "unsubscribe": "退订",
        "update": "修改",
        "use": "使用",
        "verify": "校验",
    }
)
JOBS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "audit-anchor": "写审计锚点",
        "deliver-outbox": "发送邮件",
        "fill-text-index": "补建文字索引",
        "forget-allowances": "清理限次计数",
        "forget-drafts": "清理草稿",
        "forget-idempotency-keys": "清理重复提交的答复",
        "forget-notices": "清理旧消息",
        "forget-uploads": "清理上传的台账",
        "purge-text-index": "清除文字索引",
        "settle-calendar": "补算工作日历公布后的期限",
        "weekly-letter": "发周报",
    }
)
PAGING: Final = frozenset({"limit", "cursor", "count"})
# in the order in which they stand in the filter
SUBJECTS: Final = ("dispute", "user", "organisation", "token", "lawsuit", "weekly", "job", "audit")


def asked_in(query: Mapping[str, Any]) -> Asked | None:
    """What a query asks for; None when it names a dispute nobody knows, or not the caller."""
    told = {name: value for name, value in query.items() if name not in PAGING}
    number, first_on, last_on = (told.pop(name) for name in ("number", "first_on", "last_on"))
    if number is not None:
        told["subject_id"] = queries.dispute_of(number, actor=actor(), desk=desk(), now=now())
        if told["subject_id"] is None:
            return None
    until = last_on + timedelta(days=1) if last_on else None
    return Asked(since=_begins(first_on), until=_begins(until), **told)


def key_and_anchors() -> tuple[bytes, Path]:
    """What a verification needs of this deployment."""
    settings: Settings = current_app.extensions["settings"]
    return settings.audit_key, settings.anchors


def row(entry: EntryView) -> dict[str, Any]:
    """One entry as a row of the table."""
    return {
        "seq": entry.seq,
        "at_text": show.moment(entry.happened_at, desk().zone),
        "actor": entry.actor or "系统",
        "organisation": entry.organisation or "",
        "roles_text": roles(entry.roles),
        "deed": deed(entry.action),
        "thing": thing(entry),
        "result": entry.result.value,
        "result_label": label(entry.result),
        "told": told(entry),
        "reason": entry.reason or "",
        "address": entry.address or "",
    }


def look(view: LookView) -> dict[str, str]:
    """One look at a dispute: when, who, from where, as what, how."""
    return {
        "at_text": show.moment(view.at, desk().zone),
        "actor": view.actor,
        "organisation": view.organisation or "",
        "roles_text": roles(view.roles),
        "deed": deed(view.action),
    }


def deed(action: str) -> str:
    """The verb of a deed; its code where no word is known."""
    verb = action.rpartition(".")[2]
    return VERBS.get(verb, f"其他操作（{verb}）")


def thing(entry: EntryView) -> str:
    """What it was done to: 纠纷 LXZ-2026-00012."""
    noun = THINGS.get(entry.subject or "", "")
    kind = noun or THINGS.get(entry.action.partition(".")[0], "")
    return " ".join(filter(None, (kind, entry.name)))


def told(entry: EntryView) -> str:
    """The fields and codes of a deed in one line."""
    names = {**FIELDS, **PARTY_FIELDS}
    parts = ["、".join(names.get(each, each) for each in entry.fields)]
    detail = entry.detail
    if "job" in detail:
        name = JOBS.get(detail["job"], detail["job"])
        parts.append(f"{name} {detail.get('period', '')}".strip())
    if "seq" in detail:
        parts.append(f"第 {detail['seq']} 条")
    if "week" in detail:
        parts.append(str(detail["week"]))
    if entry.result is AuditResult.DENIED and "status" in detail:
        parts.append("没有权限" if detail["status"] == HTTPStatus.FORBIDDEN else "不在可见范围内")
    return "，".join(filter(None, parts))


def roles(words: Any) -> str:
    """窗口、调解员."""
    known = labels(Role)
    return "、".join(known.get(each, each) for each in words)


def _begins(day: date | None) -> datetime | None:
    """The instant a day of the office begins."""
    if day is None:
        return None
    return datetime.combine(day, time(), desk().zone).astimezone(UTC)
