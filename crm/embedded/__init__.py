"""PostgreSQL and Valkey from their wheels, run as children of this process: for `make run`, the tests and the bench."""

from crm.embedded.home import Busy, Home
from crm.embedded.servers import Servers

__all__ = ["Busy", "Home", "Servers"]
