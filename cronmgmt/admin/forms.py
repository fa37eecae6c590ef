"""The form of a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt import clock
from cronmgmt.admin import parameters
from cronmgmt.admin.base import JobModelForm, say_zone
from cronmgmt.admin.fields import (
    Duration,
    Parameters,
    Words,
    calendar_choices,
    handler_choices,
)
from cronmgmt.admin.marks import BACK, declared
from cronmgmt.admin.parameters import OWNER, Shown
from cronmgmt.admin.preview import ASKED
from cronmgmt.models import ScheduledJob, database
from cronmgmt.parameters.forms import complaints, form_fields, without_secrets

DURATIONS = (
    "jitter",
    "timeout",
    "expected_duration",
    "backoff",
    "backoff_ceiling",
    "grace",
    "retention",
    "failure_retention",
    "start_deadline",
)


class JobForm(JobModelForm):
    """A job as people edit it; the model says what is wrong with each field.

    The admin sets for each request whose parameters are ``shown``, and which columns
    bear ``marks`` because a person changed what the code declares.
    """

    shown = Shown("", None)
    marks: Mapping[str, str] = {}
    is_switched = False
    data: Any

    handler = forms.ChoiceField(label=gettext_lazy("Handler"))
    params = Parameters(
        label=gettext_lazy("Parameters"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy('A JSON object, such as {"limit": 10}.'),
    )
    calendar = forms.ChoiceField(label=gettext_lazy("Calendar"), required=False)
    params_of = forms.CharField(label="", required=False, widget=forms.HiddenInput)
    tags = Words(
        label=gettext_lazy("Tags"),
        required=False,
        help_text=gettext_lazy("Words with commas between."),
    )
    retry_on = Words(
        label=gettext_lazy("Retry on"),
        required=False,
        help_text=ScheduledJob._meta.get_field("retry_on").help_text,
    )
    mail_to = Words(
        label=gettext_lazy("Mail to"),
        required=False,
        help_text=ScheduledJob._meta.get_field("mail_to").help_text,
    )

    class Meta:
        model = ScheduledJob
        fields = "__all__"
        field_classes = dict.fromkeys(DURATIONS, Duration)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = parameters.as_object(self.instance.params)
        handler = self.fields.get("handler")
        if isinstance(handler, forms.ChoiceField):
            note = _("not registered in this version of the code")
            handler.choices = handler_choices(self.instance.handler, note)
        calendar = self.fields.get("calendar")
        if isinstance(calendar, forms.ChoiceField):
            calendar.choices = calendar_choices(self.instance.calendar)
        say_zone(self)
        self._show_parameters()
        # What is said of the parameters stands above all of them.
        for name in self.fields.keys() & self.marks.keys() - {"params"}:
            field = self.fields[name]
            field.help_text = format_html("{} {}", field.help_text, self.marks[name])

    def _show_parameters(self) -> None:
        owner = self.shown.handler
        self.fields[OWNER].initial = owner
        if self.shown.function is not None:
            del self.fields["params"]
            self.fields.update(form_fields(self.shown.function, self.held))
        self.is_switched = self.is_bound and self.data.get(OWNER, owner) != owner
        if self.is_switched:
            self.data = self._as_if_shown_before()

    def _as_if_shown_before(self) -> Any:
        """Return what was sent, with the new handler's parameters as they begin."""
        data = self.data.copy()
        data[OWNER] = self.shown.handler
        for name in self.shown.names:
            field = self.fields[name]
            value = field.prepare_value(self.get_initial_for_field(field, name))
            if name not in data and value not in (None, False):
                data[name] = value
        return data

    @property
    def given_back(self) -> dict[str, Any]:
        """The columns that go back to the code, with what it declares."""
        ticked = set(self.data.getlist(BACK)) if self.is_bound else set()
        return declared(self.instance, ticked & self.marks.keys())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        until = data.get("off_until")
        if not data.get("enabled", True) and until and until <= clock.now(database()):
            self.add_error("off_until", _("That has passed already."))
        if function := self.shown.function:
            for name, complaint in complaints(function, data).items():
                self.add_error(name, complaint)
            self.data = without_secrets(function, self.data, self.errors)
        for column, value in self.given_back.items():
            data[column] = value
            for name in self.shown.names if column == "params" else [column]:
                self.errors.pop(name, None)  # It does not matter what was typed.
        if self.is_bound and ASKED in self.data:
            self.add_error(None, _("Nothing is saved yet: this is a preview."))
        if self.is_switched:
            self.add_error("handler", _("Its parameters are shown now: check them."))
        return data

    def _post_clean(self) -> None:
        function = self.shown.function
        if "params" in self.given_back:
            self.instance.params = self.given_back["params"]
        elif function and not self.errors.keys() & set(self.shown.names):
            self.instance.params = parameters.given(function, self.held, self)
        super()._post_clean()  # type: ignore[misc]

    def _update_errors(self, errors: ValidationError) -> None:
        # What the model says of the parameters has a place only if their box is here.
        if "params" not in self.fields and "params" in errors.error_dict:
            unplaced = errors.error_dict.pop("params")
            errors.error_dict.setdefault(NON_FIELD_ERRORS, []).extend(unplaced)
        super()._update_errors(errors)  # type: ignore[misc]

    def changes(self) -> dict[str, Any]:
        """Return the columns that a person changed, each with its new value."""
        columns = {field.name for field in self.instance._meta.concrete_fields}
        names = columns.intersection(self.changed_data)
        changed = {name: self.cleaned_data[name] for name in names}
        if self.instance.params != self.held:
            changed["params"] = self.instance.params
        for column in self.given_back:
            changed.pop(column, None)
        return changed
