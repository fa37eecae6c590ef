"""OidcIdentity: whom the login provider means -> which user that is here."""

from __future__ import annotations

from django.db import models

from cronmgmt.models.base import Model


class OidcIdentity(Model):
    """A subject of an issuer, and its user: text, as users may live elsewhere."""

    key = models.CharField(max_length=64, unique=True)  # a digest: case counts
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    user = models.CharField(max_length=64)  # its primary key
    seen_at = models.DateTimeField(null=True)
    said_at = models.DateTimeField(null=True)  # when the provider said what counts

    class Meta(Model.Meta):
        verbose_name_plural = "OIDC identities"

    def __str__(self) -> str:
        return f"{self.subject} of {self.issuer}"
