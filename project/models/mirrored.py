"""What a copied table has besides what it copies."""

from __future__ import annotations

from django.db import models


class Mirrored(models.Model):
    """What a copy knows about itself: never deleted, marked when its source is gone."""

    digest = models.CharField(max_length=32, editable=False)
    written_at = models.DateTimeField(editable=False)
    vanished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
