"""A site on celery, django-celery-beat and django-celery-results."""

from __future__ import annotations
