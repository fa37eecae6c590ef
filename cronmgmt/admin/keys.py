"""The admin of API keys: made, with the secret shown once, and revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt.admin.base import actor, say_zone
from cronmgmt.admin.reading import ReadOnlyAdmin
from cronmgmt.engine import actions
from cronmgmt.engine.keys import judge
from cronmgmt.engine.roles import ROLE_NAMES
from cronmgmt.errors import Refused
from cronmgmt.models import ApiKey

LIST = "admin:cronmgmt_apikey_changelist"

if TYPE_CHECKING:
    KeyModelForm = forms.ModelForm[ApiKey]
else:
    KeyModelForm = forms.ModelForm


class KeyForm(KeyModelForm):
    """What a key may, and until when."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=[(role, role) for role in ROLE_NAMES],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ApiKey
        fields = ["name", "roles", "groups", "expires_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_zone(self)

    def clean_groups(self) -> list[str]:
        groups = self.cleaned_data["groups"] or []
        if not isinstance(groups, list) or not all(isinstance(g, str) for g in groups):
            raise forms.ValidationError(
                _('Write a list of names, such as ["Payroll"].')
            )
        return groups


@admin.register(ApiKey)
class KeyAdmin(ReadOnlyAdmin):
    """Keys are made and revoked, never edited."""

    class Media:
        css = {"all": ["cronmgmt/admin.css"]}

    form = KeyForm
    list_display = ["name", "lets_in", "roles", "made_by", "expires_at", "revoked_at"]
    list_display = [*list_display, "last_used_at"]
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("cronmgmt.add_apikey")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return actor(request).may_any("add_apikey", "change_apikey")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may make keys sees their own."""
        return actor(request).may_any("add_apikey", "view_apikey", "change_apikey")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        found: QuerySet[ApiKey] = super().get_queryset(request)
        asking = actor(request)
        if asking.may_any("view_apikey", "change_apikey"):
            return found
        return found.filter(pk__in=actions.own_keys(asking))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        made = ["made_at", "made_by", "revoked_at", "revoked_by", "last_used_at"]
        return [*KeyForm.Meta.fields, *(["lets_in", *made] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["lets_in"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """One question for the makers of all the keys on a page."""
        page = super().get_changelist_instance(request)
        judge(page.result_list)
        return page

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        found = super().get_object(request, *args, **kwargs)
        judge([found] if found else [])
        return found

    @admin.display(description=gettext_lazy("Lets in"))
    def lets_in(self, key: ApiKey) -> Any:
        """Say whether it does, or why it does not."""
        return key.verdict.label

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().add_view(request, *args, **kwargs)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse(LIST))

    def save_model(
        self, request: HttpRequest, obj: ApiKey, form: Any, change: bool
    ) -> None:
        made, secret = actions.make_key(
            obj.name,
            obj.roles,
            actor(request),
            groups=obj.groups,
            expires_at=obj.expires_at,
        )
        obj.pk = made.pk
        obj.refresh_from_db()
        told = _("This is the key, shown once and kept nowhere: %(secret)s")
        messages.warning(request, told % {"secret": secret})

    @admin.action(description=gettext_lazy("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[ApiKey]) -> None:
        """Let keys in no more."""
        for name in chosen.values_list("name", flat=True):
            try:
                actions.revoke_key(name, actor(request))
            except Refused as refusal:
                messages.error(request, str(refusal))
