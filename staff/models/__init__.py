from staff.models.absences import Absence
from staff.models.brake import Brake
from staff.models.branch_rules import BranchRules
from staff.models.calendars import CalendarDay, WorkCalendar
from staff.models.people import Posting, User
from staff.models.public_days import PublicDay
from staff.models.saved_views import FirstView, SavedView
from staff.models.tokens import Token
from staff.models.units import Placement, Unit

__all__ = [
    "Absence",
    "Brake",
    "BranchRules",
    "CalendarDay",
    "FirstView",
    "Placement",
    "Posting",
    "PublicDay",
    "SavedView",
    "Token",
    "Unit",
    "User",
    "WorkCalendar",
]
