"""What the back office keeps of complaints."""

from complaints import call_admin
from complaints import catalogue_admin as catalogue
from complaints.clocks import admin as clocks

__all__ = ["call_admin", "catalogue", "clocks"]
