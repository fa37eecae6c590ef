"""The parameters of a handler as a Django form: a typed field for each of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cronmgmt.parameters.kinds import (
    Choice,
    Date,
    Kind,
    Maybe,
    Moment,
    Number,
    Plain,
    Several,
)
from cronmgmt.parameters.secrets import SecretKind
from cronmgmt.parameters.signature import Parameter, describe_parameters

PREFIX = "param_"
"""What the fields' names begin with, so that they meet no others in one form."""

NOTHING: tuple[Any, ...] = (None, "", [])
"""What a field holds that was left empty."""

_PLAIN: dict[type, type[forms.Field]] = {
    str: forms.CharField,
    int: forms.IntegerField,
    float: forms.FloatField,
}
_WRITTEN: dict[type[Kind], type[forms.Field]] = {
    Date: forms.DateField,
    Moment: forms.DateTimeField,
    Number: forms.DecimalField,
}


class Lines(forms.CharField):
    """A list, one item a line; each is checked as its kind wants it."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, *, kind: Kind, **options: Any) -> None:
        self.kind = kind
        super().__init__(help_text=_("One per line."), **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(str(item) for item in value)
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        shown = self.prepare_value(initial)
        return not self.disabled and _lines(shown) != _lines(data)

    def clean(self, value: Any) -> Any:
        try:
            return [self.kind.from_text(line) for line in _lines(super().clean(value))]
        except ValueError:
            raise ValidationError(
                _("Each line must be %(wanted)s.") % {"wanted": self.kind.wanted}
            ) from None


class Reference(forms.CharField):
    """A secret, as the name of where it stands; the secret itself is refused."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(
            attrs={"placeholder": "env:NAME", "autocomplete": "off"}
        )
        super().__init__(widget=widget, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return SecretKind().json(text) if text else text
        except ValueError:
            raise ValidationError(
                _("Give %(wanted)s.") % {"wanted": SecretKind.wanted}
            ) from None


def form_fields(
    function: Callable[..., Any], params: Mapping[str, Any] | None = None
) -> dict[str, forms.Field]:
    """Return a field for each parameter, filled with ``params`` or the default.

    The names begin with :data:`PREFIX`. An optional one left empty is not set: the
    handler's default counts. What stands where a secret's name belongs may be the
    secret: it is not shown.
    """
    given = params or {}
    fields = {}
    for parameter in describe_parameters(function).parameters:
        field = _field(parameter.kind, required=parameter.required)
        _dress(field)
        field.label = parameter.name
        initial = _initial(parameter, given)
        if not parameter.is_secret or fits(parameter, initial):
            field.initial = initial
        fields[f"{PREFIX}{parameter.name}"] = field
    return fields


def complaints(
    function: Callable[..., Any], cleaned: Mapping[str, Any]
) -> dict[str, str]:
    """Return what passed its field and still cannot be stored: JSON with a NaN, say."""
    found = {}
    for each in describe_parameters(function).parameters:
        name = f"{PREFIX}{each.name}"
        value = cleaned.get(name)
        is_set = each.required or value not in NOTHING
        if name in cleaned and is_set and not fits(each, value):
            found[name] = _("Give %(wanted)s.") % {"wanted": each.kind.wanted}
    return found


def without_secrets(
    function: Callable[..., Any], data: Any, wrong: Collection[str]
) -> Any:
    """Return what was sent without what was typed where a secret's name belongs."""
    parameters = describe_parameters(function).parameters
    names = {f"{PREFIX}{each.name}" for each in parameters if each.is_secret}
    if names.isdisjoint(wrong):
        return data
    cleared = data.copy()
    cleared.update(dict.fromkeys(names.intersection(wrong), ""))
    return cleared


def collected(
    function: Callable[..., Any], cleaned: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the parameters as JSON from a form's cleaned data.

    Raises ValidationError, at the field, for what a field let pass and JSON cannot
    hold, such as NaN.
    """
    params = {}
    for parameter in describe_parameters(function).parameters:
        value = cleaned.get(f"{PREFIX}{parameter.name}")
        if value in NOTHING and not parameter.required:
            continue
        try:
            params[parameter.name] = parameter.kind.json(value)
        except ValueError:
            raise ValidationError(
                {f"{PREFIX}{parameter.name}": _("Give %s.") % parameter.kind.wanted}
            ) from None
    return params


def fits(parameter: Parameter, value: Any) -> bool:
    """Tell whether the value can be stored as that parameter."""
    try:
        parameter.kind.json(value)
    except (ValueError, TypeError):
        return False
    return True


def _lines(text: Any) -> list[str]:
    lines = [line.strip() for line in str(text or "").splitlines()]
    return [line for line in lines if line]


def _dress(field: forms.Field) -> None:
    """Let the browser help with what is hard to type."""
    if isinstance(field, forms.DateField):
        field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    elif isinstance(field, forms.DateTimeField):
        field.widget = forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"
        )
    elif isinstance(field, forms.JSONField):
        field.widget.attrs["rows"] = 4


def _initial(parameter: Parameter, given: Mapping[str, Any]) -> Any:
    value = given.get(parameter.name, parameter.default)
    kind = parameter.kind.kind if isinstance(parameter.kind, Maybe) else parameter.kind
    if isinstance(kind, Choice) and value is not None:
        return json.dumps(value)
    if isinstance(kind, Date | Moment | Number) and value is not None:
        try:
            return kind.python(value)
        except ValueError:
            return value  # Shown as it is, to be corrected.
    return value


def _field(kind: Kind, *, required: bool) -> forms.Field:
    match kind:
        case Maybe(kind=inner):
            return _optional(inner)
        case Plain(type=plain) if plain is bool:
            return forms.BooleanField(required=False)
        case Plain(type=plain):
            return _PLAIN[plain](required=required)
        case Choice():
            return _choice(kind, required=required)
        case Several(kind=inner):
            return Lines(kind=inner, required=required)
        case SecretKind():
            return Reference(required=required)
        case Date() | Moment() | Number():
            return _WRITTEN[type(kind)](required=required)
        case _:
            return forms.JSONField(required=required)


def _optional(kind: Kind) -> forms.Field:
    if isinstance(kind, Plain) and kind.type is bool:
        return forms.NullBooleanField(required=False)
    return _field(kind, required=False)


def _choice(kind: Choice, *, required: bool) -> forms.Field:
    choices = [(json.dumps(value), str(value)) for value, _python in kind.options]
    blank = [] if required else [("", "—")]
    return forms.TypedChoiceField(
        choices=blank + choices, coerce=json.loads, empty_value=None, required=required
    )
