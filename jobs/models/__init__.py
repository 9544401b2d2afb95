"""Work that outlives a request: runs, their slots and switches, and what is done with whole lists at once."""

from jobs.models.bulk import Bulk, BulkRow
from jobs.models.runs import Run, Slot, Switch

__all__ = ["Bulk", "BulkRow", "Run", "Slot", "Switch"]
