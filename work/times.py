"""Times that can be planned for."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FARTHEST = timedelta(days=100 * 365)


def refuse_far(moment: datetime, field: str, at: datetime):
    """Raise a ValidationError of `field` for a slip of the pen: more than a hundred years from `at`."""
    if abs(moment - at) > FARTHEST:
        raise ValidationError({field: _("This time is too far off.")})
