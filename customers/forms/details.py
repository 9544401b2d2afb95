"""The forms that open a customer and change what is written about one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from staff.models import Unit

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class DetailsForm(forms.ModelForm):
    """What `Customer.change` takes. Each field also sends what it showed, so that a conflict can name both sides."""

    class Meta:
        model = Customer
        fields = ["name", "kind", "language", "birthday", "address", "community", "joined_on"]
        widgets = {"birthday": DAY, "joined_on": DAY}

    def __init__(self, *args, branch, **kwargs):
        super().__init__(*args, **kwargs)
        communities = Unit.objects.filter(branch=branch, kind=Unit.Kind.COMMUNITY).order_by("path")
        self.fields["community"].queryset = communities
        self.fields["community"].empty_label = _("Not assigned")
        for field in self.fields.values():
            field.show_hidden_initial = self.instance.pk is not None

    def _post_clean(self):
        """The record is changed by its operation alone, never by its form."""


class ChangeForm(DetailsForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class OpenForm(DetailsForm):
    number = forms.CharField(
        label=_("Customer number"), required=False, max_length=40, help_text=_("Left empty, the branch makes one.")
    )
    phone = forms.CharField(label=_("Contact number"), required=False, max_length=40)
    document = forms.CharField(
        label=_("ID document"),
        required=False,
        max_length=40,
        help_text=_("Kept masked; only its fingerprint is stored to find the customer again."),
    )
    anyway = forms.BooleanField(label=_("This is a different customer"), required=False)

    field_order = ["name", "phone", "document", "kind", "number"]
