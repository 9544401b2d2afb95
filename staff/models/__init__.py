from staff.models.people import Posting, User
from staff.models.units import Placement, Unit

__all__ = ["Placement", "Posting", "Unit", "User"]
