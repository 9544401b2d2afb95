from staff.models.absences import Absence
from staff.models.brake import Brake
from staff.models.calendars import CalendarDay, WorkCalendar
from staff.models.people import Posting, User
from staff.models.public_days import PublicDay
from staff.models.tokens import Token
from staff.models.units import Placement, Unit

__all__ = [
    "Absence",
    "Brake",
    "CalendarDay",
    "Placement",
    "Posting",
    "PublicDay",
    "Token",
    "Unit",
    "User",
    "WorkCalendar",
]
