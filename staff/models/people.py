"""The people who work here and where they are posted."""

import unicodedata
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from staff import rights, scope
from staff.models.units import Unit


class UserManager(BaseUserManager):
    def create_user(self, username, password=None, **fields):
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username):
        return self.get(username=self.model.normalize_username(username))


class User(AbstractBaseUser):
    """A person who signs in. What they may do and which rows they reach follow from their postings alone."""

    username = models.CharField(_("sign-in name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)  # family name first
    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    language = models.CharField(_("language"), max_length=7, choices=settings.LANGUAGES, default="zh-hans")
    theme = models.CharField(
        _("theme"),
        max_length=5,
        choices=[("auto", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
        default="auto",
    )
    is_active = models.BooleanField(default=True)
    session_round = models.PositiveIntegerField(default=1, editable=False)  # sessions of an earlier round have ended
    joined_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    def __str__(self):
        return self.name or self.username

    @classmethod
    def normalize_username(cls, username):
        """Full-width or capital letters make no second person."""
        return unicodedata.normalize("NFKC", username).strip().casefold()

    def _get_session_auth_hash(self, secret=None):
        """Changes with the password and with `session_round`: sessions opened under the old value end at once."""
        return salted_hmac(
            "staff.session", f"{self.password}{self.session_round}", secret, algorithm="sha256"
        ).hexdigest()

    def postings_on(self, day=None):
        """Where the person is posted on `day` (default: today where they work)."""
        day = day or timezone.localdate(timezone=ZoneInfo(self.branch.time_zone))
        return self.postings.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day).select_related("unit")

    def prefer(self, **chosen):
        """Keep the person's choice of language, theme, or both."""
        for name, value in chosen.items():
            setattr(self, name, value)
        self.save(update_fields=list(chosen))

    @transaction.atomic
    def change_password(self, password, *, by):
        """Set another password; every session opened with the old one ends (ASVS 7.4.3)."""
        self.set_password(password)
        self.save(update_fields=["password"])

    def has_perm(self, right, obj=None):
        """Whether a posting of today grants the right, over whichever rows."""
        return right in rights.RIGHTS and scope.holds(self, right)


class Posting(models.Model):
    """A person in a role at a unit from one day to another. Several at once add up."""

    user = models.ForeignKey(User, models.PROTECT, related_name="postings")
    role = models.CharField(max_length=20, choices=rights.Role)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="postings")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # first day on which it no longer holds

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="posting_days_in_order", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            )
        ]
        indexes = [models.Index(fields=["user", "valid_from"], name="posting_user")]

    def __str__(self):
        return f"{self.user} {self.role} {self.unit}"
