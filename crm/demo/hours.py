"""When the demo branch works: offices with a lunch hour, halls through every day, the hotline round the clock."""

from staff.models import Unit, WorkCalendar
from staff.models.calendars import OFFICE_WEEK

DAILY = ["08:30-18:00"] * 7
ALWAYS = ["00:00-24:00"] * 7


def plant(org):
    """Calendars of the branch, its halls and its hotline."""
    org.branch.work_calendar = made(org, "机关办公时间", "Office hours", OFFICE_WEEK, "CN")
    org.branch.save(update_fields=["work_calendar"])
    through = made(org, "营业厅营业时间", "Hall hours", DAILY)
    Unit.objects.filter(pk__in=[hall.pk for hall in org.halls]).update(work_calendar=through)
    if "HOTLINE" in org.desks:
        always = made(org, "热线服务时间", "Hotline hours", ALWAYS)
        Unit.objects.filter(pk=org.desks["HOTLINE"].pk).update(work_calendar=always)


def made(org, name, name_en, week, holidays=""):
    return WorkCalendar.objects.create(branch=org.branch, name=name, name_en=name_en, week=week, holidays=holidays)
