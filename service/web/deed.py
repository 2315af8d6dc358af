"""The deeds of the trail 审计 in words of the office: what was done, to what, by which job."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from config.clock_subject import WORDS
from config.suggestion import SuggestionStep
from config.vocabulary import LawsuitStep, PartyRole, Step
from config.words import label, labels
from service.web.timeline import DEEDS, PARTY_FIELDS
from service.web.timeline import FIELDS as OF_DISPUTE

THINGS: Final[Mapping[str, str]] = MappingProxyType(
    {each.value: words.noun for each, words in WORDS.items()}
    | {
        "attachment": "附件",
        "audit": "审计记录",
        "backup": "备份",
        "calendar": "工作日历",
        "charge": "领导包案",
        "clock": "期限",
        "confirmation": "司法确认",
        "consultation": "咨询",
        "court": "诉调对接",
        "data_request": "个人信息申请",
        "dispute": "纠纷",
        "dossier_review": "案卷评查",
        "duplicate": "查重",
        "erasure": "销毁清单",
        "glass": "紧急查阅",
        "guidance": "指导记录",
        "handover": "移交",
        "job": "后台作业",
        "joint": "协办任务",
        "key": "密钥",
        "lawsuit": "应诉案件",
        "ledger": "台账",
        "ledger_batch": "台账导入",
        "mail": "邮件",
        "material": "材料",
        "member": "成员单位",
        "mediator": "调解员名册",
        "meeting": "会议",
        "metric": "统计数字",
        "organisation": "单位",
        "paper": "文书",
        "progress": "查进度",
        "readout": "电话答复",
        "reception": "接访日程",
        "register": "登记簿",
        "report": "周报",
        "routing": "分流规则",
        "search": "查找",
        "setup": "首次设置",
        "shift": "交接班",
        "shift_note": "交接班",
        "status": "运行状态",
        "subscription": "周报订阅",
        "substitution": "离岗替岗",
        "suggestion": "建议书",
        "supervision": "督办",
        "system": "系统",
        "token": "接口令牌",
        "user": "账户",
        "weekly": "周报",
    }
)
# by the deed's whole name where that says something else, or else by its last part
VERBS: Final[Mapping[str, str]] = MappingProxyType(
    dict(DEEDS)
    | {f"suggestion.{each}": word for each, word in labels(SuggestionStep).items()}
    | {
        f"suggestion-{each}".replace("_", "-"): word
        for each, word in labels(SuggestionStep).items()
    }
    | labels(Step)
    | labels(LawsuitStep)
    | {
        "absence": "登记离岗",
        "anchor": "写锚点",
        "answer": "答复",
        "approve": "同意或者退回",
        "ask": "查进度",
        "ask-roles": "提出授权",
        "asked": "做完立即备份",
        "attendance.sign": "入驻签到",
        "attendance-ask": "请随驻单位到场",
        "attendance-come": "入驻签到",
        "attendance-withdraw": "撤销签到",
        "attachment_download": "下载附件",
        "attachment_read": "查看附件",
        "back": "回岗",
        "basis": "记同意",
        "begin-second-factor": "开始登记动态口令",
        "break_glass": "申请紧急查阅",
        "change": "修改",
        "declare": "申报利害关系",
        "declare-end": "去掉利害关系申报",
        "leave": "登记离岗",
        "leave-end": "回岗",
        "change-password": "修改密码",
        "change-roles": "调整角色",
        "check": "查重",
        "routing.check": "校验",
        "clear": "看原文",
        "charge.name": "指定包案领导",
        "charge.read": "看领导包案",
        "charge.write": "写包案措施、记过问",
        "court.handle": "办理诉调对接",
        "court.read": "查看诉调对接",
        "clock.approve": "审批期限变更",
        "clock.ask": "申请变更期限",
        "clock.enter": "添加、结束期限",
        "clock-step": "期限提醒",
        "commit": "写入",
        "create": "新建",
        "daily": "做完每日备份",
        "deactivate": "停用",
        "decide": "决定",
        "disable": "停用",
        "discard": "作废",
        "dossier-draw": "抽查案卷",
        "dossier-remedy": "案卷已整改",
        "dossier-score": "评查案卷",
        "dossier_review.run": "评查案卷",
        "download": "下载",
        "draft": "拟稿",
        "drill": "做完恢复演练",
        "duty_list.edit": "排值班",
        "duty-remove": "取消一条值班",
        "duty-write": "排值班",
        "edit": "编辑",
        "enable": "启用",
        "enter": "添加",
        "erasure.agree": "同意销毁",
        "end-session": "退出一处登录",
        "end-sessions": "退出全部登录",
        "export": "导出",
        "finish": "完成",
        "grant": "授权",
        "glass.read": "看紧急查阅的理由",
        "guidance-done": "指导的事已整改",
        "hand_over": "交接",
        "handover-due": "提醒签收移交",
        "handover-term": "开始计算签收时限",
        "handover.answer": "签收、退回移交",
        "handover.read": "看移交",
        "handover.send": "移交、撤回",
        "identity": "按证件、电话查找",
        "invite": "发登录码",
        "joint.answer": "答复协办任务",
        "joint.read": "看协办任务",
        "joint.start": "请别的单位协办",
        "joint.waive": "写明不再等协办答复",
        "call": "召集会议",
        "meeting.call": "召集会议、写纪要",
        "meeting.follow": "填写落实情况",
        "meeting.read": "看会议",
        "meeting.settle": "填写落实情况",
        "reception.note": "登记接访来的纠纷",
        "reception.plan": "安排接访日程",
        "reception.read": "看接访日程",
        "reception-off": "取消接访",
        "reception-plan": "安排接访日程",
        "list": "查看列表",
        "join": "列为成员单位",
        "look": "打开查看",
        "looks": "看谁看过",
        "make": "生成",
        "manage": "管理",
        "open": "打开",
        "person": "看一个人参加的纠纷",
        "order": "下达督办",
        "outside_entry": "登记外部系统编号",
        "oversee": "查看审计",
        "preview": "试算",
        "propose": "列出销毁清单",
        "provisions": "查看提供记录",
        "publish": "发布",
        "reactivate": "重新启用",
        "read": "查看",
        "receipt": "打开回执",
        "refuse": "退回",
        "refuse-roles": "不同意授权",
        "release": "放行",
        "reset": "重置登录",
        "reset-second-factor": "重置动态口令",
        "reset_second_factor": "重置动态口令",
        "restore": "恢复备份",
        "restrict": "限制查阅",
        "reveal": "看明文",
        "replay": "回放",
        "revise": "改稿",
        "revoke": "吊销",
        "roles": "改角色",
        "rotate": "换完密钥",
        "rotate_begin": "开始换密钥",
        "run": "执行",
        "set-password": "设密码",
        "set-second-factor": "登记动态口令",
        "settle": "补算期限",
        "scope": "改受理范围",
        "sign": "签发",
        "sign-in": "登录",
        "sign-in-half-way": "密码对了，等动态口令",
        "sign-in-refused": "登录没有成功",
        "sign-out": "退出",
        "spare": "暂缓的没有销毁",
        "suggestion.attach": "上传建议书材料",
        "suggestion.read": "看建议书",
        "suggestion.record": "登记建议书",
        "suggestion-attach": "上传建议书材料",
        "suggestion-print": "打印复函",
        "suggestion-record": "登记建议书",
        "subscribe": "订阅",
        "take": "接班",
        "unlock": "解锁",
        "unsubscribe": "退订",
        "update": "修改",
        "use": "使用",
        "use-recovery-code": "用了一个恢复码",
        "verify": "校验",
    }
)
JOBS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "audit-anchor": "写审计锚点",
        "backup": "备份",
        "backup-drill": "恢复演练",
        "bounce-handovers": "退回到时没有签收的移交",
        "clock-ladder": "期限提醒",
        "deliver-outbox": "发送邮件",
        "fill-text-index": "补建文字索引",
        "forget-allowances": "清理限次计数",
        "forget-drafts": "清理草稿",
        "forget-idempotency-keys": "清理重复提交的答复",
        "forget-notices": "清理旧消息",
        "forget-sessions": "清理旧会话",
        "forget-uploads": "清理上传的台账",
        "morning-digest": "发早晨提要",
        "purge-text-index": "清除文字索引",
        "settle-calendar": "补算工作日历公布后的期限",
        "sweep-attachments": "清理多余的附件",
        "weekly-letter": "发周报",
    }
)
FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    dict(PARTY_FIELDS)
    | dict(OF_DISPUTE)
    | {
        "active": "是否在用",
        "decided_on": "裁判日期",
        "decision_served_on": "裁判送达日期",
        "hours": "办公时间",
        "letterhead": "落款",
        "outcome": "结果",
        "parent": "上级单位",
        "place.detail": "详细地点",
        "position": "排列次序",
        "prefix": "编号前缀",
        "reason": "理由",
        "seal": "印章",
        "seal_keeper": "印章保管人",
        "status": "状态",
        "withdrawal_cause": "撤诉原因",
    }
)


def did(action: str) -> str:
    """The verb of a deed; its code where no word is known."""
    verb = action.rpartition(".")[2]
    return VERBS.get(action) or VERBS.get(verb, f"其他操作（{verb}）")


def field(path: str, role: str | None = None) -> str:
    """What a field is called: 申请人第 1 位的电话 for parties.0.phone and the role applicant."""
    root, _, rest = path.partition(".")
    place, _, name = rest.partition(".")
    if root != "parties" or not place.isdecimal():
        return FIELDS.get(path, path)
    whose = label(PartyRole(role)) if role in set(PartyRole) else "当事人"
    return f"{whose}第 {int(place) + 1} 位的{PARTY_FIELDS.get(name, name)}"
