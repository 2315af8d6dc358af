"""The words every layer shares: one word per concept, the Chinese term beside the English name.

Labels shown to people are in `config/words.py`, never here.
"""

from enum import StrEnum
from typing import Final


class DisputeStatus(StrEnum):
    """Where a dispute stands 状态."""

    REGISTERED = "registered"  # 已登记
    DISPATCHED = "dispatched"  # 已分流待签收
    ACCEPTED = "accepted"  # 已受理
    MEDIATING = "mediating"  # 调解中
    AGREED = "agreed"  # 达成协议待履行
    CLOSED = "closed"  # 办结
    ARCHIVED = "archived"  # 归档


class Outcome(StrEnum):
    """How a closed dispute ended 办理结果."""

    AGREED = "agreed"  # 达成协议
    NOT_AGREED = "not_agreed"  # 调解不成
    WITHDRAWN = "withdrawn"  # 申请人撤回
    TERMINATED = "terminated"  # 终止调解
    DECLINED = "declined"  # 不予受理
    GUIDED = "guided"  # 引导其他途径
    MISTAKEN = "mistaken"  # 登记有误


class Step(StrEnum):
    """A legal step 程序步骤 in the life of a dispute."""

    DISPATCH = "dispatch"  # 分流
    ACCEPT = "accept"  # 签收受理
    RETURN = "return"  # 退回
    ASSIGN = "assign"  # 指定调解员
    START = "start"  # 开始调解
    AGREE = "agree"  # 达成协议
    FAIL = "fail"  # 调解不成
    WITHDRAW = "withdraw"  # 申请人撤回
    TERMINATE = "terminate"  # 终止
    DECLINE = "decline"  # 不予受理
    PERFORM = "perform"  # 履行完毕
    CLOSE = "close"  # 办结
    REOPEN = "reopen"  # 重新办理
    ARCHIVE = "archive"  # 归档
    VOID = "void"  # 登记有误


class FailureReason(StrEnum):
    """Why mediation failed 调解不成的原因; several may hold at once."""

    AMOUNT_APART = "amount_apart"  # 金额分歧大
    FACTS_DISPUTED = "facts_disputed"  # 事实争议大
    APPLICANT_ABSENT = "applicant_absent"  # 申请人未到
    RESPONDENT_ABSENT = "respondent_absent"  # 被申请人未到
    RESPONDENT_REFUSES = "respondent_refuses"  # 被申请人不同意调解
    OUT_OF_TIME = "out_of_time"  # 期限届满
    WENT_TO_COURT = "went_to_court"  # 一方已起诉或申请仲裁
    OTHER = "other"  # 其他


class DeclineGround(StrEnum):
    """Why a dispute is not taken 不予受理的事由 (law.md §3.2)."""

    NOT_MEDIABLE = "not_mediable"  # 依法只能由专门机关处理
    CRIME = "crime"  # 涉嫌犯罪
    PROTECTION_FIRST = "protection_first"  # 人身安全保护优先
    PENDING_ELSEWHERE = "pending_elsewhere"  # 法院、仲裁、复议等已受理
    EFFECTIVE_JUDGMENT = "effective_judgment"  # 已有生效裁判
    ADMINISTRATIVE_ACT = "administrative_act"  # 对行政行为不服
    TITLE_DISPUTE = "title_dispute"  # 权属、界线争议
    RESPONDENT_REFUSES = "respondent_refuses"  # 一方明确拒绝调解
    NO_JURISDICTION = "no_jurisdiction"  # 不属本地管辖
    PETITION_FINAL = "petition_final"  # 信访复核终结
    OTHER = "other"  # 其他


class Channel(StrEnum):
    """The four mediations 四种调解, or none."""

    ADMINISTRATIVE = "administrative"  # 行政调解
    PEOPLE = "people"  # 人民调解
    SECTOR = "sector"  # 行业性专业性调解
    JUDICIAL = "judicial"  # 司法调解
    NONE = "none"  # 不适用调解


class Acceptance(StrEnum):
    """What the routing says of taking a matter in 受理判断."""

    YES = "yes"
    NO = "no"
    SPLIT = "split"  # 一次来访多件纠纷
    PROTECT = "protect"  # 保护优先
    MANUAL = "manual"  # 须人工判断


class Level(StrEnum):
    """Warning level 预警等级."""

    NONE = "none"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


class Grade(StrEnum):
    """How well a legal fact is known 依据可信等级."""

    A = "A"  # statute text read
    B = "B"  # secondary source
    C = "C"  # from memory, unverified
    R = "R"  # local recommendation, not law


class TimeUnit(StrEnum):
    """The unit a term is counted in 期间单位."""

    WORKING_DAY = "WD"
    NATURAL_DAY = "ND"
    MONTH = "M"
    HOUR = "H"


class DayKind(StrEnum):
    """What one day was in the counting of a term."""

    COUNTED = "counted"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"  # 调休上班
    PAUSED = "paused"
    ROLLED = "rolled"


class ClockKind(StrEnum):
    """Whose term it is and who set it 期限种类."""

    STATUTORY = "statutory"  # 法定期限
    INTERNAL = "internal"  # 内部时限
    OUTSIDE = "outside"  # 交办单位要求的期限
    REMEDY = "remedy"  # 当事人的救济期限


class ClockState(StrEnum):
    """Where a clock stands 计时状态."""

    RUNNING = "running"  # 计时中
    PAUSED = "paused"  # 暂停计时
    STOPPED = "stopped"  # 已停止


class ClockEnd(StrEnum):
    """Why a clock stopped 停止原因."""

    MET = "met"  # 已按要求办到
    CLOSED = "closed"  # 办结
    WITHDRAWN = "withdrawn"  # 撤回
    RETURNED = "returned"  # 退回
    REOPENED = "reopened"  # 重新办理
    MERGED = "merged"  # 并案
    MISTAKEN = "mistaken"  # 登记有误
    REPLACED = "replaced"  # 改用另一期限


class ClockChangeKind(StrEnum):
    """How a running clock is changed 期限变更."""

    PAUSE = "pause"  # 中止
    EXTEND = "extend"  # 延长
    CALENDAR = "calendar"  # 工作日历公布


class ClockChangeState(StrEnum):
    """Where an asked change stands."""

    ASKED = "asked"  # 待审批
    GRANTED = "granted"  # 同意
    REFUSED = "refused"  # 不同意
    DROPPED = "dropped"  # 撤回申请、因计时停止作废


class SupervisionKind(StrEnum):
    """How somebody is pressed to act 督办方式; local names stand in the policy."""

    URGE = "urge"  # 催办
    ORDER = "order"  # 督办单
    LISTED = "listed"  # 挂牌督办
    CIRCULAR = "circular"  # 通报
    TALK = "talk"  # 约谈


class HandoverKind(StrEnum):
    """How a dispute goes to a unit. 移送 is no handover: it is for jurisdiction and crime."""

    DISPATCH = "dispatch"  # 分流: the centre to a unit
    TRANSFER = "transfer"  # 移交: one unit to another
    DIRECTED = "directed"  # 主任改派: the director from one unit to another
    DELEGATE = "delegate"  # 委派: the court, before it accepts
    ENTRUST = "entrust"  # 委托: the court, after it accepted


class HandoverState(StrEnum):
    """How a handover stands 办理状态."""

    OPEN = "open"  # 等签收
    ACCEPTED = "accepted"  # 已签收
    RETURNED = "returned"  # 已退回
    BOUNCED = "bounced"  # 到时没有签收，自动退回
    WITHDRAWN = "withdrawn"  # 已撤回


class HandoverConsent(StrEnum):
    """How the parties agreed to a handover 当事人同意."""

    SIGNED = "signed"  # 书面签字
    RECORDED = "recorded"  # 笔录或录音
    NOT_NEEDED = "not_needed"  # 不需要，写明依据


class Source(StrEnum):
    """How a dispute came in 来源."""

    WALK_IN = "walk_in"  # 来访
    PHONE = "phone"  # 来电
    HOTLINE_12345 = "hotline_12345"  # 12345热线
    GRID = "grid"  # 网格排查
    POLICE_110 = "police_110"  # 110移交
    COURT_ASSIGNED = "court_assigned"  # 法院委派
    COURT_ENTRUSTED = "court_entrusted"  # 法院委托
    PETITION = "petition"  # 信访
    MENGQITONG = "mengqitong"  # 蒙企通
    OTHER_PLATFORM = "other_platform"  # 其他平台
    INITIATIVE = "initiative"  # 主动调解


class PartyRole(StrEnum):
    """What a party is in the dispute 当事人地位."""

    APPLICANT = "applicant"  # 申请人
    RESPONDENT = "respondent"  # 被申请人
    THIRD_PARTY = "third_party"  # 第三人
    AGENT = "agent"  # 代理人
    GUARDIAN = "guardian"  # 监护人


class PartyKind(StrEnum):
    """A person 自然人 or an organisation 单位."""

    PERSON = "person"
    ORGANISATION = "organisation"


class IdType(StrEnum):
    """The document a party shows 证件类型."""

    RESIDENT_ID = "resident_id"  # 居民身份证
    PASSPORT = "passport"  # 护照
    USCC = "uscc"  # 统一社会信用代码
    OTHER = "other"


class Language(StrEnum):
    """The language a party speaks 语言."""

    CHINESE = "zh"
    MONGOLIAN = "mn"


class AgreementForm(StrEnum):
    """How an agreement was made 协议形式 (人民调解法28)."""

    WRITTEN = "written"
    ORAL = "oral"


class VisitResult(StrEnum):
    """What a follow-up visit 回访 found."""

    PERFORMED = "performed"  # 已履行
    PERFORMING = "performing"  # 履行中
    NOT_PERFORMED = "not_performed"  # 未履行
    NOT_REACHED = "not_reached"  # 未联系上


class Role(StrEnum):
    """What a user is at the centre 角色."""

    WINDOW = "window"  # 窗口
    MEDIATOR = "mediator"  # 调解员
    LIAISON = "liaison"  # 成员单位联络员
    DIRECTOR = "director"  # 中心主任
    LEGAL = "legal"  # 应诉与建议
    PLANNER = "planner"  # 计划
    LEADER = "leader"  # 领导
    AUDITOR = "auditor"  # 审计员
    SYSADMIN = "sysadmin"  # 系统管理员
    SECADMIN = "secadmin"  # 安全管理员
    PLATFORM = "platform"  # 外部平台: a program with a token, never a person


# the roles a person may hold
STAFF: Final = tuple(role for role in Role if role is not Role.PLATFORM)


class LinkRelation(StrEnum):
    """What the registrar found between two disputes 查重结论."""

    LINKED = "linked"  # 相关
    SAME = "same"  # 同一件
    DIFFERENT = "different"  # 不是同一件


class MatchReason(StrEnum):
    """Why two disputes may be the same 查重理由."""

    ID_NUMBER = "id_number"
    PHONE = "phone"
    NAME_VILLAGE = "name_village"
    NAME = "name"
    UNIT = "unit"
    PAIR = "pair"
    PLACE = "place"
    CATEGORY = "category"
    DETAIL = "detail"
    DAY = "day"
    NARRATIVE = "narrative"


class Danger(StrEnum):
    """Danger to people 人身危险 in a dispute, as far as it is known."""

    NONE = "none"
    UNASKED = "unasked"  # the story speaks of it and nobody has asked 可能有危险
    PRESENT = "present"  # 有危险


class Authority(StrEnum):
    """How far an agent may speak for a party 代理权限."""

    GENERAL = "general"  # 一般代理
    SPECIAL = "special"  # 特别授权


class MaterialForm(StrEnum):
    """What was handed in 材料形式."""

    ORIGINAL = "original"  # 原件
    COPY = "copy"  # 复印件
    ELECTRONIC = "electronic"  # 电子件


class MaterialState(StrEnum):
    """Where a paper of the parties stands 材料状态."""

    WANTED = "wanted"  # 待补交
    RECEIVED = "received"  # 已收
    RETURNED = "returned"  # 已退还


class NoticeKind(StrEnum):
    """What a notice in the staff inbox 消息 is about."""

    REGISTERED = "registered"  # 新登记待分派
    DANGER = "danger"  # 有人身危险
    DISPATCHED = "dispatched"  # 分派到本单位
    ASSIGNED = "assigned"  # 指定为调解员
    RETURNED = "returned"  # 被退回
    REOPENED = "reopened"  # 重新办理
    CLOSED = "closed"  # 自己登记的已办结
    SAME = "same"  # 登记人认为与另一件相同
    NAMED = "named"  # 被指定查阅受限纠纷
    GLASS_AGREED = "glass_agreed"  # 紧急查阅已同意
    GLASS_REFUSED = "glass_refused"  # 紧急查阅没有同意
    REVEALED_OFTEN = "revealed_often"  # 查看隐藏内容超过限次
    CLOCK = "clock"  # 期限提醒
    CLOCK_ASKED = "clock_asked"  # 有人申请延期或中止
    CLOCK_DECIDED = "clock_decided"  # 延期、中止申请已有结果
    CLOCK_MOVED = "clock_moved"  # 工作日历公布后期限有变
    SUPERVISED = "supervised"  # 被督办
    SUPERVISION_ANSWERED = "supervision_answered"  # 督办已回复
    HANDED = "handed"  # 别的单位移交来
    HANDOVER_DUE = "handover_due"  # 快到时还没有签收
    HANDOVER_ACCEPTED = "handover_accepted"  # 移交已签收
    HANDOVER_RETURNED = "handover_returned"  # 移交被退回
    HANDOVER_BOUNCED = "handover_bounced"  # 到时没有签收，自动退回
    HANDOVER_MANY = "handover_many"  # 多次退回，由中心主任决定
    JOINT_ASKED = "joint_asked"  # 请本单位协办
    JOINT_ANSWERED = "joint_answered"  # 协办单位已答复
    PLAN_MONTH = "plan_month"  # 本月要推进的计划任务


class JointState(StrEnum):
    """Where the task 协办任务 of a co-unit stands; who refused has still to be let off."""

    OPEN = "open"  # 等答复
    DONE = "done"  # 已办
    REFUSED = "refused"  # 不能办
    WAIVED = "waived"  # 不再等


class SharePurpose(StrEnum):
    """What a dispute is shared 共享 with another organisation for."""

    ASSIST = "assist"  # 协办
    REFERRAL = "referral"  # 移交
    COURT = "court"  # 诉调对接
    ADVICE = "advice"  # 法律意见
    SUPERVISION = "supervision"  # 督办


class BasisGround(StrEnum):
    """On what personal data is processed 处理依据 (个人信息保护法 arts. 13, 29, 31)."""

    STATUTORY = "statutory"  # 履行法定职责
    CONSENT = "consent"  # 单独同意
    GUARDIAN = "guardian"  # 监护人同意


class ConsentForm(StrEnum):
    """How somebody consented 同意方式."""

    WRITTEN = "written"  # 书面
    ORAL = "oral"  # 口头，由经办人记录
    RECORDED = "recorded"  # 录音录像


class DataRequestKind(StrEnum):
    """What somebody asks about their own data 个人信息申请 (个人信息保护法 arts. 44-48)."""

    ACCESS = "access"  # 查阅
    COPY = "copy"  # 复制
    CORRECT = "correct"  # 更正、补充
    DELETE = "delete"  # 删除
    EXPLAIN = "explain"  # 解释说明


class DataRequestStatus(StrEnum):
    """Where such a request stands."""

    RECEIVED = "received"  # 待决定
    DECIDED = "decided"  # 已决定，待答复
    ANSWERED = "answered"  # 已答复


class DataDecision(StrEnum):
    """How such a request was decided."""

    GRANTED = "granted"  # 同意
    PARTLY = "partly"  # 部分同意
    REFUSED = "refused"  # 不同意


class IdentityCheck(StrEnum):
    """How it was made sure who asks 身份核对."""

    CARD = "card"  # 本人持证件
    GUARDIAN = "guardian"  # 监护人，持双方证件和监护关系证明
    MANDATE = "mandate"  # 代理人，持双方证件和授权委托书


class AnswerMethod(StrEnum):
    """How a request was answered 答复方式."""

    IN_PERSON = "in_person"  # 当面
    POST = "post"  # 邮寄
    PHONE = "phone"  # 电话


class Kept(StrEnum):
    """What is kept for a time of its own 保存期限; a dispute by how it ended."""

    AGREED = "agreed"
    NOT_AGREED = "not_agreed"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    DECLINED = "declined"
    GUIDED = "guided"
    MISTAKEN = "mistaken"
    CONSULTATION = "consultation"
    DRAFT = "draft"
    UPLOAD = "upload"
    ANSWER = "answer"
    NOTICE_READ = "notice_read"
    NOTICE_UNREAD = "notice_unread"
    SESSION = "session"
    AUDIT = "audit"


class HoldGround(StrEnum):
    """Why a dispute must not be forgotten yet 暂缓销毁."""

    LAWSUIT = "lawsuit"  # 诉讼、复议未了
    PETITION = "petition"  # 信访未了
    REQUEST = "request"  # 当事人的申请未办完
    INSPECTION = "inspection"  # 检查、审计需要
    RELAPSE = "relapse"  # 可能再起纠纷
    OTHER = "other"


class SeatKind(StrEnum):
    """How a member unit sits at the centre 入驻方式."""

    RESIDENT = "resident"  # 常驻
    ROTATING = "rotating"  # 轮驻
    ON_CALL = "on_call"  # 随驻


class AbsenceReason(StrEnum):
    """Why somebody is away 离岗."""

    HOLIDAY = "holiday"  # 休假
    ILLNESS = "illness"  # 病假
    TRAINING = "training"  # 培训
    SECONDMENT = "secondment"  # 借调、驻村
    OTHER = "other"


class TokenScope(StrEnum):
    """What a token lets another platform do 接口权限: an action of the access policy each."""

    REGISTER = "dispute.register"  # 送来纠纷
    READ = "dispute.read"  # 查看送来的纠纷
    LIST = "dispute.list"  # 列出送来的纠纷


class OutsideSystem(StrEnum):
    """A system of others that keeps the same matter under its own number 外部系统."""

    MOJ_MEDIATION = "moj_mediation"  # 司法部人民调解信息平台
    GOVERNANCE = "governance"  # 综治信息系统
    COURT_MEDIATION = "court_mediation"  # 人民法院调解平台
    PETITION = "petition"  # 信访信息系统
    HOTLINE_12345 = "hotline_12345"  # 12345平台
    MENGQITONG = "mengqitong"  # 蒙企通
    GRID = "grid"  # 网格平台
    POLICE = "police"  # 公安接处警系统
    OTHER = "other"  # 其他系统


class OrganisationKind(StrEnum):
    """What an organisation is 单位类别."""

    POLICE_STATION = "police_station"
    JUSTICE_OFFICE = "justice_office"
    LAW_FIRM = "law_firm"
    LEGAL_SERVICE = "legal_service"
    PEOPLE_COURT = "people_court"
    GOVERNANCE_CENTRE = "governance_centre"
    TOWN_GOVERNMENT = "town_government"
    BANNER_GOVERNMENT = "banner_government"
    CITY_GOVERNMENT = "city_government"
    VILLAGE_COMMITTEE = "village_committee"
    PARTY_BRANCH = "party_branch"
    COLLECTIVE_ORGANISATION = "collective_organisation"
    PEOPLE_MEDIATION_COMMITTEE = "people_mediation_committee"
    SECTOR_COMMITTEE = "sector_committee"
    TRAFFIC_COMMITTEE = "traffic_committee"
    MARKET_REGULATOR = "market_regulator"
    CONSUMER_ASSOCIATION = "consumer_association"
    TRAFFIC_POLICE = "traffic_police"
    ENVIRONMENT = "environment"
    HUMAN_RESOURCES = "human_resources"
    LABOUR_INSPECTION = "labour_inspection"
    LABOUR_ARBITRATION = "labour_arbitration"
    AGRICULTURE = "agriculture"
    FORESTRY_GRASSLAND = "forestry_grassland"
    NATURAL_RESOURCES = "natural_resources"
    LAND_ARBITRATION = "land_arbitration"
    WATER = "water"
    HOUSING_CONSTRUCTION = "housing_construction"
    ENERGY = "energy"
    TAX = "tax"
    CIVIL_AFFAIRS = "civil_affairs"
    EDUCATION = "education"
    HEALTH = "health"
    VETERANS = "veterans"
    ETHNIC_RELIGIOUS = "ethnic_religious"
    WOMENS_FEDERATION = "womens_federation"
    YOUTH_LEAGUE = "youth_league"
    TRADE_UNION = "trade_union"
    LEGAL_AID = "legal_aid"
    JUSTICE_BUREAU = "justice_bureau"
    PROCURATORATE = "procuratorate"
    COURT = "court"
    INTERMEDIATE_COURT = "intermediate_court"
    DISCIPLINE_SUPERVISION = "discipline_supervision"
    IP_OFFICE = "ip_office"
    PETITION_OFFICE = "petition_office"
    APPRAISAL = "appraisal"
    INSURER = "insurer"
    EMPLOYER = "employer"
    OTHER_TOWN = "other_town"


class LawsuitProcedure(StrEnum):
    """The procedure a case against an agency runs under."""

    REVIEW = "review"  # 行政复议
    LITIGATION = "litigation"  # 行政诉讼
    PUBLIC_INTEREST = "public_interest"  # 行政公益诉讼


class LawsuitInstance(StrEnum):
    """The instance 审级."""

    FIRST = "first"
    SECOND = "second"
    RETRIAL = "retrial"


class LawsuitStatus(StrEnum):
    """Where a lawsuit stands."""

    PENDING = "pending"  # 审理中
    DECIDED = "decided"  # 已裁判
    PERFORMED = "performed"  # 已履行
    CLOSED = "closed"  # 办结


class LawsuitStep(StrEnum):
    """A step in a lawsuit."""

    ANSWER = "answer"  # 答辩、举证
    HEAR = "hear"  # 开庭
    DECIDE = "decide"  # 裁判
    PERFORM = "perform"  # 履行
    CLOSE = "close"  # 办结


class LawsuitOutcome(StrEnum):
    """How a lawsuit was decided 裁判结果."""

    UPHELD = "upheld"  # 维持/驳回诉讼请求
    DISMISSED = "dismissed"  # 裁定驳回起诉
    REVOKED = "revoked"  # 撤销
    PARTLY_REVOKED = "partly_revoked"  # 部分撤销
    CHANGED = "changed"  # 变更
    CONFIRMED_ILLEGAL = "confirmed_illegal"  # 确认违法
    ORDERED_TO_ACT = "ordered_to_act"  # 责令履行
    COMPENSATED = "compensated"  # 赔偿补偿
    MEDIATED = "mediated"  # 调解
    WITHDRAWN = "withdrawn"  # 撤诉


class WithdrawalCause(StrEnum):
    """Why a suit was withdrawn 撤诉原因."""

    OWN = "own"  # 原告主动撤诉
    ACT_CHANGED = "act_changed"  # 行政行为改变后撤诉
    SETTLED = "settled"  # 府院联动和解后撤诉
    DEEMED = "deemed"  # 按撤诉处理
    APPEAL = "appeal"  # 撤回上诉


class AttachmentKind(StrEnum):
    """What paper an attachment is 材料类型."""

    APPLICATION = "application"  # 申请书
    ID_COPY = "id_copy"  # 身份证明
    CONTRACT = "contract"  # 合同、借条
    CERTIFICATE = "certificate"  # 证书、证明
    PHOTO = "photo"  # 照片
    RECORDING = "recording"  # 录音、录像
    MINUTES = "minutes"  # 调解笔录
    AGREEMENT = "agreement"  # 调解协议
    OTHER = "other"  # 其他


class Media(StrEnum):
    """What a kept file is, by its content; the word is the end of its name 文件格式."""

    PDF = "pdf"
    JPEG = "jpg"
    PNG = "png"
    DOCX = "docx"
    XLSX = "xlsx"
    TEXT = "txt"
    MP3 = "mp3"
    M4A = "m4a"
    MP4 = "mp4"


class OutboxState(StrEnum):
    """Where a promised message stands."""

    NEW = "new"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


class BackupKind(StrEnum):
    """Why a backup 备份 was made."""

    DAILY = "daily"  # 每日备份
    DRILL = "drill"  # 恢复演练
    ASKED = "asked"  # 手动备份


class RulebookState(StrEnum):
    """Where a version of the routing rules 分流规则 stands; checked is a draft without a fault."""

    DRAFT = "draft"  # 草稿
    CHECKED = "checked"  # 校验通过
    PUBLISHED = "published"  # 已发布
    WITHDRAWN = "withdrawn"  # 已撤回


class LedgerFate(StrEnum):
    """What became of one row of an imported ledger 台账."""

    OK = "ok"
    DUPLICATE = "duplicate"
    ERROR = "error"


class AuditKind(StrEnum):
    """What sort of deed of the trail 审计 it is; what was refused is of its sort and DENIED."""

    WRITE = "write"  # 写入
    LOOK = "look"  # 查看
    DENIED = "denied"  # 拒绝
    EXPORT = "export"  # 导出
    SIGN_IN = "sign_in"  # 登录
    RIGHTS = "rights"  # 权限
    JOB = "job"  # 作业


class AuditResult(StrEnum):
    """How a deed of the trail 审计 ended."""

    DONE = "done"  # 完成
    DENIED = "denied"  # 被拒绝
    FAILED = "failed"  # 失败
