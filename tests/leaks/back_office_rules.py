"""The back office: nobody but the administrator, and nothing of another branch."""

from tests.leaks.rule import MOVED, OK, Rule


def administers(knocker):
    return knocker.in_branch("staff.configure")


def settings_of(model, row, *, add=None, change=None, delete=False):
    """The five routes that Django's admin gives a model; `add` and `change` are valid forms, no `add` is a refusal."""
    whole = {"right": "staff.configure"}
    one = whole | {"row": row, "arg": "object_id", "sees": administers}
    nobody = {"may": lambda knocker: False}
    refused = nobody | {"sees": lambda knocker: True}  # nothing of this kind is ever deleted
    name = f"admin:{model.replace('.', '_')}"
    return {
        f"{name}_changelist": Rule(**whole, methods="GET POST", ok={"POST": {OK, MOVED}}),
        f"{name}_add": Rule(**whole | ({} if add else nobody), methods="GET POST", body=add),
        f"{name}_change": Rule(**one, methods="GET POST", body=change),
        f"{name}_delete": Rule(**one | ({} if delete else refused), methods="GET POST", ok={"POST": {OK, MOVED}}),
        f"{name}_history": Rule(**one, methods="GET POST", ok={"POST": {OK}}),
    }


def tier_form(world):
    return {"code": "fresh", "name": "新", "name_en": "", "mark": "none", "order": 9}


def reason_form(world):
    return {"parent": world.reason, "code": "90011", "name": "新", "name_en": "", "active": "on"}


def plan_form(world):
    counts = {f"prices-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL")}
    return {"code": "fresh", "name": "新", "name_en": "", "kind": "mobile", "stage": "draft"} | counts


def community_form(world):
    basis = {name: "x" for name in ("place", "administration", "people", "traffic")}
    return {"setting": "urban", "sort": "large_estate"} | basis


def new_community_form(world):
    return community_form(world) | {"unit": world.spare_community}


def rules_form(world):
    hours = dict.fromkeys(("service_hours", "care_hours", "marketing_hours"), "08:00-20:00")
    caps = dict.fromkeys(("service_per_day", "care_per_week", "marketing_per_week", "marketing_per_month"), 3)
    return hours | caps | {"ask_again_days": 90, "hold_factor": "2", "hold_from": 50, "report_minutes": 30}


def mapping_form(world):
    return {"name": "fresh"}


def unit_form(world):
    return {"parent": world.north, "kind": "hall", "code": "fresh", "name": "新", "time_zone": "Asia/Shanghai"}


def person_form(world):
    return {"username": "fresh", "name": "新", "language": "en", "is_active": "on", "password": "long enough for it"}


def calendar_form(world):
    return {"name": "新", "name_en": "", "holidays": "CN"} | {f"day_{n}": "08:30-12:00" for n in range(7)}


def hours_form(world):
    return {"kind": "own", "weekday": "", "windows": "10:00-12:00", "name": ""}


def special_day_form(world):
    return hours_form(world) | {"calendar": world.workcalendar, "day": "2027-01-05"}


def posting_form(world):
    return {"user": world.user, "role": "guide", "unit": world.north, "valid_from": "2026-01-01", "valid_to": ""}


def follow_up_rules_form(world):
    numbers = dict.fromkeys(("most_tries", "least_days", "first_pause", "busy_pause", "merge_days"), 2)
    return numbers | {"times": "10:00,16:00", "stall_days": 3, "cool_down": 60, "pool_minutes": 15}


def billing_rules_form(world):
    shares = {"late_fee_rate": "0.001", "shock_factor": "3", "low_balance": "20", "low_share": "0.1", "due_day": 15}
    days = dict.fromkeys(("late_fee_after", "shock_months", "shock_told_within", "new_days", "reminded_before"), 2)
    waived = dict.fromkeys(("waived_by_managers", "waived_by_dunning", "waived_by_heads"), "20")
    return shares | days | waived | {"deposit_free_up_to": 1, "most_at_counter": "500"}


def dunning_rules_form(world):
    hours = {"reminded_hours": 48, "cancel_hours": 200, "restore_minutes": 60, "eve_from": "17:00"}
    days = dict.fromkeys(("promise_days", "instalment_days", "freeze_days", "paid_within"), 90)
    counts = dict.fromkeys(("attempts", "stop_tries", "promises_a_quarter", "promise_parts", "restore_hours"), 2)
    return hours | days | counts | {"restore_law_hours": 48, "message_cost": "0.05", "task_cost": "3"}


def step_form(world):
    return {"n": 2, "after": 60, "roles": "duty_manager"}


RULES = {
    "admin:index": Rule("staff.configure", methods="GET POST", ok={"POST": {OK}}),
    "admin:app_list": Rule("staff.configure", args={"app_label": "staff"}, methods="GET POST", ok={"POST": {OK}}),
    "admin:jsi18n": Rule("staff.configure", methods="GET POST", ok={"POST": {405}}),
    **settings_of("staff.unit", "unit", add=unit_form, change=lambda w: unit_form(w) | {"starts": "", "closes": ""}),
    **settings_of("staff.user", "user", add=person_form, change=person_form),
    **settings_of("staff.posting", "posting", add=posting_form, change=lambda w: {"valid_to": ""}),
    **settings_of("staff.workcalendar", "workcalendar", add=calendar_form, change=calendar_form),
    **settings_of("staff.calendarday", "calendarday", add=special_day_form, change=hours_form),
    **settings_of("customers.tier", "tier", add=tier_form, change=tier_form),
    **settings_of("customers.reason", "reason", add=reason_form, change=lambda w: reason_form(w) | {"parent": ""}),
    **settings_of("customers.plan", "plan", add=plan_form, change=plan_form),
    **settings_of("customers.community", "community", add=new_community_form, change=community_form),
    **settings_of("work.followuprules", "followuprules", change=follow_up_rules_form),
    **settings_of("work.escalationstep", "escalationstep", add=step_form, change=step_form, delete=True),
    **settings_of("outreach.rules", "rules", change=rules_form),
    **settings_of("billing.billingrules", "billingrules", change=billing_rules_form),
    **settings_of("billing.dunningrules", "dunningrules", change=dunning_rules_form),
    **settings_of("customers.importmapping", "importmapping", change=mapping_form, delete=True),
}
