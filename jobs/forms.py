from django import forms


class StartForm(forms.Form):
    """The key is made with the page, so that pressing the button twice starts one run."""

    key = forms.UUIDField(widget=forms.HiddenInput)


def key_of(data) -> str:
    """The key of such a form; empty where there is none, or none that a page made."""
    form = StartForm(data)
    return str(form.cleaned_data["key"]) if form.is_valid() else ""
