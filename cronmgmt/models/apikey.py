"""ApiKey: what a program shows instead of a login; its secret is not kept."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cronmgmt.models.base import Model


class ApiKey(Model):
    """A key, what it may, and until when. Groups and people are text, as elsewhere."""

    class Verdict(models.TextChoices):
        """Whether it lets anybody in, or why it does not."""

        YES = "yes", _("yes")
        REVOKED = "revoked", _("no: revoked")
        EXPIRED = "expired", _("no: expired")
        ORPHANED = "orphaned", _("no: its maker has no active account")

    verdict = Verdict.YES
    """What :func:`cronmgmt.engine.keys.judge` found."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    roles = models.JSONField(_("roles"), default=list)
    groups = models.JSONField(
        _("groups"),
        default=list,
        blank=True,
        help_text=_("For jobs that are restricted to groups: those it is a member of."),
    )
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    made_at = models.DateTimeField(editable=False)
    made_by = models.CharField(max_length=150, editable=False)
    # The primary key of their account; empty: the site's own code made it.
    maker = models.CharField(max_length=64, blank=True, default="", editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.CharField(max_length=150, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta(Model.Meta):
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-pk"]
        default_permissions = ("add", "change", "view")

    def __str__(self) -> str:
        return self.name
