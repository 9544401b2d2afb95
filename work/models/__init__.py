"""What is owed to customers by people: follow-ups, and the notices that ring them."""

from work.models.notices import Notice

__all__ = ["Notice"]
