"""ImportedHandler: a function that code registered at run time, for all processes."""

from __future__ import annotations

from django.core import signing
from django.db import models

from cronmgmt.models.base import Model


class ImportedHandler(Model):
    """Where workers find a function that ``register_job`` was handed.

    The path is signed with the site's secret key: a row typed by hand, or written
    through a stolen database login, imports nothing.
    """

    name = models.CharField(max_length=200, unique=True)
    path = models.CharField(max_length=400)
    signature = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name

    def sign(self) -> None:
        """Vouch for the path; only code that holds the function does this."""
        self.signature = _signer().signature(f"{self.name} {self.path}")

    @property
    def is_genuine(self) -> bool:
        """Whether this row was written by the site's own code."""
        try:
            _signer().unsign(f"{self.name} {self.path}:{self.signature}")
        except signing.BadSignature:
            return False
        return True


def _signer() -> signing.Signer:
    return signing.Signer(salt="cronmgmt.handler", sep=":")
