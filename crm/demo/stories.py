"""How the complaints of the demo branch go: each story is told by a generator that says when it goes on."""

from datetime import timedelta
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from complaints import assigning, delegating, handling, merging, questioning, survey_answers
from complaints.accepting import accept
from complaints.appeals import handling as appeals
from complaints.drafts import keep_draft
from complaints.models import Complaint, Survey
from staff.rights import Role

LARGEST = 60  # CNY: whoever complains has a bill of which so much can be given back

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AUTHORITY = "工业和信息化部电信用户申诉受理中心"
AT_WORK = {"hall": Role.CLERK, "visit": Role.COMMUNITY_MANAGER}  # others call or write to the hotline
SAID = {
    "solved": True, "attitude": 9, "speed": 8, "result": 9, "expectation": 8, "experience": 9, "recommends": 9,
}  # fmt: skip
CROSS = SAID | {"solved": False, "speed": 4, "result": 3, "expectation": 8, "experience": 3, "recommends": 2}


def accepted(month, case, **told):
    """The complaint, at its time, by whoever works where it came in."""
    at = month.at(case.days, case.clock)
    yield at
    by = told.pop("by", None) or month.person(AT_WORK.get(case.channel, Role.HOTLINE))
    who = {"customer": None, "line": None} if "caller_number" in told else month.customer_of(case)
    told = who | {"channel": case.channel, "category": month.classes[case.code], "words": case.words} | told
    key = f"demo:{case.code}:{case.days}:{case.clock}"
    return accept(by=by, branch=month.branch, key=key, at=at, received_at=at, **told)


def begun(month, case, **told):
    """Dispatched to the desk within the hour, and the customer spoken with."""
    one = yield from accepted(month, case, **told)
    yield one.accepted_at + HOUR / 2
    one = assigning.dispatch(one, by=None, at=one.accepted_at + HOUR / 2)
    at = one.accepted_at + case.hours[0] * HOUR
    yield at
    handling.contact(one, by=one.owner, key="first", text="已联系客户，了解详细情况，告知处理时限。", at=at)
    return _fresh(one)


def usual(month, case, **told):
    """Answered after some hours, and somebody else calls back the day after."""
    one = yield from answered(month, case, **told)
    one = yield from called(month, one, SAID | case.said)
    return one


def answered(month, case, **told):
    one = yield from begun(month, case, **told)
    return (yield from _answered(month, case, one, one.accepted_at + case.hours[1] * HOUR))


def _answered(month, case, one, at):
    yield at
    cause = month.causes[case.cause]
    told = {"cause": cause, "liability": cause.liability, "answer": case.answer, "answered_by": "phone"}
    one = _fresh(one)
    return handling.resolve(one, by=one.owner, measure=case.answer, loss_stopped="已暂停相关收费", at=at, **told)


def called(month, one, said, after=20 * HOUR, outcome="answered"):
    at = one.resolved_at + after
    yield at
    one = _fresh(one)
    reached = {"said": said, "note": "客户表示问题已解决。" if said["solved"] else "客户不认可处理结果。"}
    told = reached if outcome == "answered" else {}
    return questioning.call(one, outcome, by=month.caller(one), at=at, key=f"call {at:%d%H}", **told)


def on_spot(month, case):
    """By the clerk at the counter, before the customer leaves (A11)."""
    one = yield from accepted(month, case)
    at, cause = one.accepted_at + HOUR / 4, month.causes[case.cause]
    yield at
    told = {"cause": cause, "liability": cause.liability, "measure": case.answer, "answer": case.answer}
    handling.settle_on_spot(one, by=one.first_owner, confirmed=True, at=at, **told)


def with_task(month, case):
    """Network maintenance does its part first (D16)."""
    one = yield from begun(month, case)
    yield from _task(
        month, one, month.world.org.network, "请核查该小区晚间负荷并给出扩容方案。", one.contacted_at + HOUR
    )
    one = yield from _answered(month, case, one, one.accepted_at + case.hours[1] * HOUR)
    yield from called(month, one, SAID)


def coordinated(month, case):
    """Two departments are at work, with a coordinator; neither has ended."""
    one = yield from begun(month, case)
    at = one.contacted_at + HOUR / 2
    yield at
    told = {"by": one.owner, "due_at": one.accepted_at + 40 * HOUR, "at": at}
    delegating.ask(one, month.world.org.network, key="a", what="请检测该楼宇光路衰耗。", **told)
    coordinator = month.person(Role.COMPLAINT_DESK)
    told |= {"what": "请安排装维上门复测并更换皮线。", "coordinator": coordinator}
    task = delegating.ask(one, month.world.org.departments[2], key="b", **told)
    yield at + 2 * HOUR
    delegating.accept(task, by=month.head_of(task.unit), at=at + 2 * HOUR)


def _task(month, one, unit, what, at):
    yield at
    one = _fresh(one)
    task = delegating.ask(one, unit, by=one.owner, what=what, due_at=at + 30 * HOUR, key="demo", at=at)
    head = month.head_of(unit)
    yield at + 2 * HOUR
    delegating.accept(task, by=head, at=at + 2 * HOUR)
    yield at + 26 * HOUR
    delegating.finish(task, by=head, result="已扩容两个载波，晚间忙时利用率降到六成。", at=at + 26 * HOUR)


def reopened(month, case):
    """Not satisfied when called back: one level up, with another owner, and still in hand."""
    one = yield from answered(month, case)
    one = yield from called(month, one, CROSS)
    yield one.touched_at + 5 * HOUR
    one = _fresh(one)
    handling.contact(one, by=one.owner, key="again", text="已向客户致歉，正在核对提醒短信下发记录。",
                     at=one.touched_at + 5 * HOUR)  # fmt: skip
    return one


def reopened_and_closed(month, case):
    one = yield from reopened(month, case)
    one = yield from _answered(month, case, _fresh(one), _fresh(one).touched_at + 22 * HOUR)
    yield from called(month, one, SAID)


def unreached(month, case):
    """Three tries in vain; then asked by message, and answered."""
    one = yield from answered(month, case)
    for after in (18, 23, 44):
        yield from called(month, one, SAID, after * HOUR, "no_answer")
    at = _fresh(one).touched_at + 30 * HOUR
    yield at
    survey = Survey.objects.filter(complaint=one, not_asked="").first()
    if survey:
        said = SAID | {"speed": 6, "result": 8}
        survey_answers.answer(survey, said, at=at, comment="问题解决了，就是等得有点久。")


def stuck(month, case):
    """Spoken with, and nothing since: the ladder climbs, day 13 is past."""
    one = yield from begun(month, case)
    at = one.contacted_at + 3 * DAY
    yield at
    handling.note(_fresh(one), by=one.owner, text="账务核对中，等待计费中心回复。", key="note", at=at)


def appealed(month, case):
    """Past the days of the law, and the customer went to the regulator (2.1 no. 1)."""
    one = yield from begun(month, case)
    at = one.received_at + 16 * DAY
    yield at
    told = {"authority": AUTHORITY, "reference": "粤申诉〔2026〕第0457号", "received_at": at, "at": at}
    appeals.open_appeal(_fresh(one), by=month.person(Role.COMPLAINT_DESK), **told)


def waits(month, case):
    """For the customer to name a day."""
    one = yield from begun(month, case)
    at = one.contacted_at + HOUR
    yield at
    handling.wait_for_customer(one, by=one.owner, what="等客户确认上门时间", at=at)


def given(month, case):
    """With money given back within the desk's own limit."""
    one = yield from begun(month, case)
    at = one.contacted_at + HOUR
    yield at
    month.pay(one, Decimal(18), at=at, reason="误开增值业务退费")
    one = yield from _answered(month, case, one, one.accepted_at + case.hours[1] * HOUR)
    yield from called(month, one, SAID)


def asked_for(month, case):
    """A clerk asks for more than clerks may give alone: it waits for the head of the department."""
    one = yield from accepted(month, case, by=month.first(Role.CLERK))
    at = one.accepted_at + HOUR
    yield at
    one = assigning.assign(one, one.first_owner, by=one.first_owner, at=at)
    handling.contact(one, by=one.owner, key="first", way="in_person", text="已核对退费流水，财务未提交。", at=at)
    month.pay(one, Decimal(LARGEST), at=at, reason="退费超期补偿")


def handed_over(month, case):
    """From the desk to a colleague, who has it now (D13)."""
    one = yield from begun(month, case)
    at = one.contacted_at + 2 * HOUR
    yield at
    other = month.person(Role.COMPLAINT_DESK, but={one.owner_id})
    assigning.hand_over(one, other, by=one.owner, reason="涉及合约条款，由熟悉合约的同事跟进。", at=at)


def merged(month, case):
    """The same matter once more: it goes on in the first one."""
    one = yield from accepted(month, case)
    at = one.accepted_at + HOUR
    yield at
    into = merging.candidates(one).first()
    if into:
        merging.merge(one, into, by=into.owner, reason="同一违约金问题", at=at)


def of_person(month, case):
    """About a clerk, who stays out of it (B15)."""
    person = month.world.org.people[Role.CLERK][2]
    one = yield from usual(month, case, person=person, by=month.first(Role.DUTY_MANAGER))
    return one


def of_caller(month, case):
    """Somebody who is no customer; waits to be called back."""
    yield from answered(month, case, caller_name="王女士", caller_number="13500001234")


def not_ours(month, case):
    one = yield from begun(month, case)
    at = one.contacted_at + 3 * HOUR
    yield at
    told = {"reason": "礼品由积分商城合作方发货。", "direction": "已转合作方客服400电话并提供订单号。"}
    one = handling.reject(one, by=one.owner, answered_by="phone", at=at, **told)
    yield from called(month, one, SAID | {"result": 7})


def withdrawn(month, case):
    one = yield from begun(month, case)
    at = one.contacted_at + HOUR
    yield at
    handling.withdraw(one, by=one.owner, reason="客户表示已自行退订，不再投诉。", at=at)


def assigned(month, case):
    one = yield from accepted(month, case)
    yield one.accepted_at + HOUR / 2
    assigning.dispatch(one, by=None, at=one.accepted_at + HOUR / 2)


def fresh(month, case):
    """Of what many suffer from at this moment."""
    yield from accepted(month, case, incident=month.outage)


def cut_off(month):
    """A call that broke off: kept as far as it was told."""
    at = month.now - 2 * HOUR
    yield at
    by, key = month.first(Role.CLERK), str(uuid5(NAMESPACE_URL, "demo:draft"))
    told = {"channel": "hall", "words": "电话里说想投诉流量，说到一半断了。", "caller_number": "13500005678"}
    keep_draft(by=by, branch=month.branch, key=key, at=at, **told)


def _fresh(one) -> Complaint:
    return Complaint.objects.select_related("owner", "customer", "branch").get(pk=one.pk)
