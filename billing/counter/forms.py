"""What is typed at the counter and at the till."""

from decimal import Decimal
from uuid import uuid4

from django import forms
from django.db.models import Min, Q
from django.utils.translation import gettext_lazy as _

from billing.counter import tills
from billing.models import Account, Shift
from billing.models.shifts import TAKEN, WAYS
from work.forms import ActionForm

CENT = Decimal("0.01")
CNY = Q(currency="CNY")


class MoneyField(forms.DecimalField):
    """An amount in yuan, two places."""

    def __init__(self, **kwargs):
        box = forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "class": "num"})
        super().__init__(**{"widget": box, "max_digits": 10, "decimal_places": 2, "min_value": 0} | kwargs)

    def clean(self, value):
        said = super().clean(value)
        return said if said is None else said.quantize(CENT)


def payable(customer):
    """The customer's accounts, each with `since`: the oldest due day of what it owes; that one first."""
    since = Min("bills__due_on", filter=Q(bills__open__gt=0))
    rows = Account.objects.filter(CNY, Q(closed_on=None) | Q(owed__gt=0), customer=customer)
    return rows.annotate(since=since).order_by("since", "pk")


def float_field(clerk):
    """What lies in the till before the first payment; as last time unless somebody types otherwise."""
    last = Shift.objects.filter(clerk=clerk).order_by("-opened_at").first()
    start = last.opening_float if last else Decimal("0.00")
    return MoneyField(label=_("Float in the till"), initial=start)


class OpenForm(ActionForm):
    def __init__(self, *args, clerk, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["opening_float"] = float_field(clerk)


class PaymentForm(ActionForm):
    """One payment; without an open `shift` it asks for the float too, and opens one."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    account = forms.ModelChoiceField(Account.objects.none(), label=_("Account"), widget=forms.RadioSelect)
    amount = MoneyField(label=_("To pay"))
    way = forms.ChoiceField(label=_("Way of payment"), choices=TAKEN, widget=forms.RadioSelect)
    given = MoneyField(label=_("Given"), required=False, help_text=_("Left empty: the exact amount."))
    slip = forms.CharField(label=_("Number on the terminal's slip"), max_length=60, required=False)

    def __init__(self, data=None, *, customer, clerk, shift):
        self.accounts = list(payable(customer))
        first = self.accounts[0] if self.accounts else None
        start = {"key": uuid4(), "way": Account.Way.CASH, "account": first and first.pk}
        start["amount"] = first.owed if first and first.owed else None
        super().__init__(data, initial=start)
        self.fields["account"].queryset = payable(customer)
        self.fields["amount"].widget.attrs |= {"autofocus": True, "data-amount": True}
        self.needs_shift = shift is None
        if self.needs_shift:
            self.fields["opening_float"] = float_field(clerk)

    @property
    def chosen(self):
        """The id of the account that is ticked, as text."""
        return str(self["account"].value() or "")

    def told(self):
        """As `take_payment` takes it."""
        return {name: self.cleaned_data[name] for name in ("key", "account", "amount", "way", "given", "slip")}


class AskForm(ActionForm):
    reason = forms.CharField(label=_("Why it is to be taken back"), max_length=300)


class RefuseForm(ActionForm):
    answer = forms.CharField(label=_("Why not"), max_length=300)


class CountForm(ActionForm):
    """What is in the till, by way of payment; cash as a sum, or by notes and coins."""

    explanation = forms.CharField(
        label=_("Explanation"), max_length=300, required=False, help_text=_("Only where it is not what was recorded.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for way, label in TAKEN:
            self.fields[way] = MoneyField(label=label, required=False, min_value=None)
        self.fields[Account.Way.CASH].min_value = Decimal(0)
        self.fields[Account.Way.CASH].widget.attrs |= {"autofocus": True, "data-cash": True}
        for piece in tills.PIECES:
            box = forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "num", "data-piece": piece})
            self.fields[name_of(piece)] = forms.IntegerField(
                label=f"¥{piece}", required=False, min_value=0, max_value=99_999, widget=box
            )

    def clean(self):
        said = super().clean()
        pieces, cash = self.pieces(), said.get(Account.Way.CASH)
        if pieces and cash is not None and cash != tills.worth(pieces):
            worth = {"sum": tills.worth(pieces)}
            self.add_error(Account.Way.CASH, _("The notes and coins come to ¥%(sum)s.") % worth)
        elif cash is None and not pieces and Account.Way.CASH not in self.errors:
            self.add_error(Account.Way.CASH, _("Count the cash; type 0 where there is none."))
        return said

    def pieces(self) -> dict[str, int]:
        """Only the kinds of which there are any."""
        return {piece: n for piece in tills.PIECES if (n := self.cleaned_data.get(name_of(piece)))}

    def counted(self) -> dict[str, Decimal]:
        counted = {way: self.cleaned_data[way] or tills.NOTHING for way in WAYS}
        if self.cleaned_data[Account.Way.CASH] is None:
            counted[Account.Way.CASH] = tills.worth(self.pieces())
        return counted

    def by_way(self):
        return [self[way] for way in WAYS]

    def by_piece(self):
        return [self[name_of(piece)] for piece in tills.PIECES]


def name_of(piece):
    return f"piece_{piece.replace('.', '_')}"
