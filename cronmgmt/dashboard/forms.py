"""What people fill in on the pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cronmgmt.dashboard.moments import moment_field


class SwitchOff(forms.Form):
    """Why a job is off, and until when."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
    until = moment_field(
        _("Until"), required=False, help_text=_("Empty: until it is switched on.")
    )


class PauseForm(SwitchOff):
    """Which jobs are off, why, and until when."""

    tag = forms.ChoiceField(label=_("Which jobs"), required=False)
    field_order = ("tag", "reason", "until")

    def __init__(self, tags: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["tag"])
        field.choices = [("", _("all jobs")), *((tag, tag) for tag in tags)]
        self.fields["until"].help_text = _("Empty: until somebody ends the pause.")


class Asking(forms.Form):
    """A time at which a job was due, or near which."""

    at = moment_field(_("When it was due"))


class Because(forms.Form):
    """Why somebody does what a button says."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
