"""What people fill in on the pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SwitchOff(forms.Form):
    """Why a job is off, and until when."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
    until = forms.DateTimeField(
        label=_("Until (empty: until it is switched on)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )


class Asking(forms.Form):
    """A time at which a job was due, or near which."""

    at = forms.DateTimeField(
        label=_("Time"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
