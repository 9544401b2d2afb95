from django import forms


class StartForm(forms.Form):
    """The key is made with the page, so that pressing the button twice starts one run."""

    key = forms.UUIDField(widget=forms.HiddenInput)
