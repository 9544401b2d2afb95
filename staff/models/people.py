"""The people who work here and where they are posted."""

import unicodedata

from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from audit.trail import record
from staff import rights, scope
from staff.models.dated import DatedQuerySet
from staff.models.units import Unit


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
    is_active = models.BooleanField(_("active"), default=True)
    session_round = models.PositiveIntegerField(default=1, editable=False)  # sessions of an earlier round have ended
    joined_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self):
        return self.name or self.username

    @classmethod
    def normalize_username(cls, username):
        """Full-width or capital letters make no second person."""
        return unicodedata.normalize("NFKC", username).strip().casefold()

    @classmethod
    @transaction.atomic
    def hire(cls, *, by, branch, username, name, password, **fields):
        """Add a person who can sign in; without a posting they reach nothing."""
        user = cls(branch=branch, username=cls.normalize_username(username), name=name, **fields)
        password_validation.validate_password(password, user)
        user.set_password(password)
        user._insert()
        record(user, "person.hired", by=by)
        return user

    @transaction.atomic
    def post(self, role, unit, *, by, starts=None, ends=None):
        """Post the person as `role` at `unit` from the day `starts` (default: today) to before `ends`."""
        unit = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)  # it cannot close meanwhile
        posting = Posting(user=self, role=role, unit=unit, valid_from=starts or unit.today(), valid_to=ends)
        posting.full_clean()
        posting.save()
        record(posting, "person.posted", by=by, user=self.pk, role=role, unit=unit.pk, starts=posting.valid_from)
        return posting

    @transaction.atomic
    def describe(self, *, by, **told):
        """Change name or language on the person's behalf."""
        changed = [name for name, value in told.items() if getattr(self, name) != value]
        if changed:
            self.prefer(**{name: told[name] for name in changed})
            record(self, "person.described", by=by, fields=changed)

    @transaction.atomic
    def disable(self, *, by):
        """Nobody signs in as this person any more, and every session of theirs ends at once (ASVS 7.4.2)."""
        self._lock()
        if not self.is_active:
            return
        if self == by:
            raise ValidationError(_("You cannot disable yourself."), code="self")
        self.is_active = False
        self.session_round += 1  # enabling the person again does not bring the old sessions back
        self.save(update_fields=["is_active", "session_round"])
        record(self, "person.disabled", by=by)
        self._withdraw_tokens(by)

    @transaction.atomic
    def enable(self, *, by):
        self._lock()
        if self.is_active:
            return
        self.is_active = True
        self.save(update_fields=["is_active"])
        record(self, "person.enabled", by=by)

    @transaction.atomic
    def change_password(self, password, *, by):
        """Set another password; every session opened with the old one, and every token, ends (ASVS 7.4.3)."""
        password_validation.validate_password(password, self)
        self._lock()
        self.set_password(password)
        self.session_round += 1
        self.save(update_fields=["password", "session_round"])
        record(self, "person.password_changed", by=by)
        self._withdraw_tokens(by)

    def _withdraw_tokens(self, by):
        """Whoever had the old password may have issued one."""
        withdrawn = self.tokens.filter(withdrawn_at=None).update(withdrawn_at=Now())
        if withdrawn:
            record(self, "person.tokens_withdrawn", by=by, count=withdrawn)

    def prefer(self, **chosen):
        """Keep the person's choice of language, theme, or both."""
        for name, value in chosen.items():
            setattr(self, name, value)
        self.save(update_fields=list(chosen))

    def postings_on(self, day=None):
        """Where the person is posted on `day` (default: today where they work)."""
        return self.postings.on(day or self.branch.today()).select_related("unit")

    def branches_today(self):
        """Ids of the branches they are posted in today."""
        return {posting.unit.home_id for posting in scope.postings_of(self)}

    def refresh_from_db(self, *args, **kwargs):
        super().refresh_from_db(*args, **kwargs)
        self.__dict__.pop("found_once", None)  # what `staff.scope` found belongs to the old state

    def has_perm(self, right, obj=None):
        """Whether a posting of today grants the right, over whichever rows."""
        return right in rights.RIGHTS and scope.holds(self, right)

    def _insert(self):
        self.full_clean()
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError:  # somebody took the sign-in name at the same moment: say so like any other time
            self.full_clean()
            raise

    def _lock(self):
        """Hold the person's row until the change commits, and read what it says now."""
        self.refresh_from_db(from_queryset=User.objects.select_for_update(no_key=True))

    def _get_session_auth_hash(self, secret=None):
        """Changes with the password and with `session_round`: sessions opened under the old value end at once."""
        value = f"{self.password}{self.session_round}"
        return salted_hmac("staff.session", value, secret, algorithm="sha256").hexdigest()


class Posting(models.Model):
    """A person in a role at a unit from one day to another. Several at once add up."""

    user = models.ForeignKey(User, models.PROTECT, related_name="postings", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=rights.Role)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="postings", verbose_name=_("unit"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until before"), null=True, blank=True)  # first day on which it no longer holds

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="posting_days_in_order",
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                violation_error_message=_("The posting would end before it begins."),
            )
        ]
        indexes = [models.Index(fields=["user", "valid_from"], name="posting_user")]
        verbose_name = _("posting")
        verbose_name_plural = _("postings")

    def __str__(self):
        return f"{self.user} {self.get_role_display()} {self.unit}"

    @property
    def branch_id(self):
        return self.unit.home_id

    def holds_on(self, day):
        """As `DatedQuerySet.on`, of one at hand."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to > day)

    def clean(self):
        """Within the person's branch, and no longer than the unit exists."""
        if self.unit.home_id != self.user.branch_id:
            raise ValidationError(_("A person is posted within their branch."), code="branch")
        if self.valid_from < self.unit.valid_from:
            raise ValidationError(_("The unit does not exist yet on that day."), code="unit_not_open")
        if self.unit.valid_to and (self.valid_to is None or self.valid_to > self.unit.valid_to):
            raise ValidationError(_("The unit is closed."), code="unit_closed")

    @transaction.atomic
    def end(self, *, by, on=None):
        """Hold no longer from the day `on` (default: today); never longer than it would have.

        A posting that has not begun on that day is taken back.
        """
        self.refresh_from_db(from_queryset=Posting.objects.select_for_update())
        on = on or self.unit.today()
        if self.valid_to and self.valid_to <= on:
            raise ValidationError(_("The posting has already ended."), code="ended")
        if on <= self.valid_from:
            record(self, "person.posting_withdrawn", by=by, user=self.user_id, role=self.role, unit=self.unit_id)
            self.delete()
            return
        self.valid_to = on
        self.save(update_fields=["valid_to"])
        record(self, "person.posting_ended", by=by, user=self.user_id, role=self.role, unit=self.unit_id, on=on)
