"""What a clerk answers at once, before anybody complains: short texts by class, in both languages, with their past."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from complaints.models.categories import Category, OfBranch
from complaints.models.states import APPEND_ONLY
from staff.models import Unit, User

TEXTS = ("title", "title_en", "text", "text_en")


class AnswerCardQuerySet(OfBranch):
    def on(self, category):
        """Cards in use for the class or one that it refines; for all classes where they name none."""
        codes = [category.code[:length] for length in range(1, len(category.code) + 1)]
        return self.filter(Q(category=None) | Q(category__code__in=codes), branch=category.branch_id, active=True)

    def saying(self, words):
        """Cards in use that hold every one of the words."""
        found = self.filter(active=True)
        for word in words.split():
            said = [Q(**{f"{name}__icontains": word}) for name in TEXTS]
            found = found.filter(said[0] | said[1] | said[2] | said[3])
        return found


class AnswerCard(models.Model):
    """As it is used now; `AnswerCardVersion` keeps what it said before."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("class"),
        help_text=_("With all that refine it; empty: for all."),
    )  # fmt: skip
    title = models.CharField(_("title"), max_length=80)
    title_en = models.CharField(_("title, English"), max_length=80, blank=True)
    text = models.TextField(_("text, Chinese"), max_length=1000)
    text_en = models.TextField(_("text, English"), max_length=2000, blank=True)
    active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AnswerCardQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = _("answer card")
        verbose_name_plural = _("answer cards")
        constraints = [models.UniqueConstraint(fields=["branch", "title"], name="answer_card_title")]

    def __str__(self):
        return self.title_en if self.title_en and (get_language() or "").startswith("en") else self.title

    def clean(self):
        if bool(self.title_en) != bool(self.text_en):
            raise ValidationError({"text_en": gettext("Give both title and text in English, or neither.")})

    @property
    def said(self) -> str:
        return self.text_en if self.text_en and (get_language() or "").startswith("en") else self.text

    def keep_version(self, *, by: User | None):
        """Write down what the card says from now on."""
        told = {name: getattr(self, name) for name in TEXTS}
        AnswerCardVersion.objects.create(card=self, n=self.version, by=by, active=self.active, **told)


class AnswerCardVersion(models.Model):
    """What a card said from a moment on; added, never changed."""

    card = models.ForeignKey(AnswerCard, models.PROTECT, related_name="versions")
    n = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80, blank=True)
    text = models.TextField()
    text_en = models.TextField(blank=True)
    active = models.BooleanField()

    objects = models.Manager()

    class Meta:
        ordering = ["n"]
        triggers = [APPEND_ONLY]
        constraints = [models.UniqueConstraint(fields=["card", "n"], name="answer_card_version_n")]

    def __str__(self):
        return f"{self.card_id} {self.n}"
