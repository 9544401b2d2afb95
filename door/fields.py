"""Fields of bodies that name a record, and bodies that say nothing unknown."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from door.filtering import LARGEST


class Reachable(serializers.IntegerField):
    """A record by its id. `rows(user)` are those that the asker may name; any other is as good as none."""

    default_error_messages = {"missing": _("There is no such record.")}

    def __init__(self, rows, **options):
        self.rows = rows
        super().__init__(min_value=1, max_value=LARGEST, **options)

    def run_validation(self, data=serializers.empty):
        found = super().run_validation(data)
        return found if not isinstance(found, int) else self._row(found)

    def _row(self, key):
        row = self.rows(self.context["request"].user).filter(pk=key).first()
        if row is None:
            self.fail("missing")
        return row


class ByCode(serializers.CharField):
    """A record of the branch by its code."""

    default_error_messages = {"missing": _("There is no such code.")}

    def __init__(self, rows, **options):
        self.rows = rows
        super().__init__(**options)

    def run_validation(self, data=serializers.empty):
        code = super().run_validation(data)
        row = self.rows(self.context["request"].user).filter(code=code).first()
        if row is None:
            self.fail("missing")
        return row


class Body(serializers.Serializer):
    """What a request says. A name that is not known is refused: it would be dropped without a word."""

    def to_internal_value(self, data):
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else ()
        if unknown:
            raise serializers.ValidationError({name: [_("There is no such field.")] for name in sorted(unknown)})
        return super().to_internal_value(data)
