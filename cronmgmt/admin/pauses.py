"""The admin of pauses: everything, or the jobs of a tag, off for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt.admin.base import actor, say_zone
from cronmgmt.admin.reading import ReadOnlyAdmin
from cronmgmt.engine import actions
from cronmgmt.errors import Refused
from cronmgmt.models import Pause

LIST = "admin:cronmgmt_pause_changelist"

if TYPE_CHECKING:
    PauseModelForm = forms.ModelForm[Pause]
else:
    PauseModelForm = forms.ModelForm


class PauseForm(PauseModelForm):
    """What is switched off, until when and why."""

    class Meta:
        model = Pause
        fields = ["scope", "tag", "until", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_zone(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_tag = data.get("scope") == Pause.Scope.TAG
        if is_tag != bool(data.get("tag")):
            raise ValidationError(
                {"tag": _("Give the tag.") if is_tag else _("Everything has no tag.")}
            )
        return data


@admin.register(Pause)
class PauseAdmin(ReadOnlyAdmin):
    """Pauses are begun and ended, never edited: they are on record."""

    class Media:
        css = {"all": ["cronmgmt/admin.css"]}

    form = PauseForm
    list_display = ["scope", "tag", "since", "until", "reason", "by", "ended_by"]
    actions = ["end"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_switch_permission(request)

    def has_switch_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("cronmgmt.switch_scheduledjob")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        begun = ["since", "by", "ended_by"] if obj else []
        return [*PauseForm.Meta.fields, *begun]

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().add_view(request, *args, **kwargs)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse(LIST))

    def save_model(
        self, request: HttpRequest, obj: Pause, form: Any, change: bool
    ) -> None:
        made = actions.pause(
            actor(request), tag=obj.tag, until=obj.until, reason=obj.reason
        )
        obj.pk = made.pk
        obj.refresh_from_db()

    @admin.action(description=gettext_lazy("End now"), permissions=["switch"])
    def end(self, request: HttpRequest, chosen: QuerySet[Pause]) -> None:
        """End pauses before their time."""
        for tag in sorted(set(chosen.values_list("tag", flat=True))):
            try:
                actions.end_pause(actor(request), tag=tag)
            except Refused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("Ended; the jobs go on with what is next."))
