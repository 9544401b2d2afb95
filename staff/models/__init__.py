from staff.models.brake import Brake
from staff.models.people import Posting, User
from staff.models.tokens import Token
from staff.models.units import Placement, Unit

__all__ = ["Brake", "Placement", "Posting", "Token", "Unit", "User"]
