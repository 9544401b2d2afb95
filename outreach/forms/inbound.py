"""Saying whose reply it is."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer


class WhoseForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("Customer number"), max_length=40)

    def __init__(self, *args, user, reply, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.reply = user, reply

    def clean_number(self):
        """The customer, of those the person may see."""
        if self.reply.customer_id:
            raise ValidationError(_("It stands with a customer already."))
        asked = self.cleaned_data["number"].strip()
        found = Customer.objects.visible_to(self.user).filter(number=asked).first()
        if found is None:
            raise ValidationError(_("There is no customer of this number."))
        return found
