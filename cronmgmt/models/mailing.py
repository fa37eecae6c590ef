"""The columns that say who is mailed when a job's run ends."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_ADDRESSES = 50


def valid_addresses(value: object) -> None:
    """Raise ValidationError unless ``value`` is a list of e-mail addresses."""
    if not isinstance(value, list) or len(value) > MOST_ADDRESSES:
        raise ValidationError(
            _("Give a list of at most %(most)d e-mail addresses.")
            % {"most": MOST_ADDRESSES}
        )
    for address in value:
        if not is_address(address):
            raise ValidationError(
                _("%(address)r is no e-mail address.") % {"address": address}
            )


def is_address(value: object) -> bool:
    """Return whether a mail can be sent to ``value``."""
    try:
        validate_email(value if isinstance(value, str) else None)
    except ValidationError:
        return False
    return True


class Mailed(models.Model):
    """Whom the end of a run is told by mail: nobody, unless somebody says so."""

    mail_requester = models.BooleanField(
        default=False,
        db_default=False,
        help_text=gettext_lazy(
            "Mail the person who triggered a run when it ends. Runs by the schedule "
            "are nobody's."
        ),
    )
    mail_to = models.JSONField(
        null=True,  # Older code, still running during a deploy, does not write it.
        default=list,
        blank=True,
        validators=[valid_addresses],
        help_text=gettext_lazy(
            "E-mail addresses that are told of the end of every run, also of those by "
            "the schedule."
        ),
    )

    class Meta:
        abstract = True
