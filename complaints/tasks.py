"""The jobs of complaints are declared where their work is done."""

from complaints import call_tasks, clockwork
from complaints.classing import tasks as classing
from complaints.clocks import tasks as clocks
from complaints.incidents import tasks as incidents

__all__ = ["call_tasks", "classing", "clocks", "clockwork", "incidents"]
