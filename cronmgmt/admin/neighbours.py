"""django-q2's own pages: out of the admin where the site wants that."""

from __future__ import annotations

from importlib import import_module

from django.apps import apps
from django.contrib import admin

from cronmgmt.conf import conf

DJANGO_Q = "django_q"


def hide_django_q() -> None:
    """Take django-q2's models out of the admin if the site's settings say so."""
    if not conf.HIDE_DJANGO_Q_ADMIN or not apps.is_installed(DJANGO_Q):
        return
    # Its admin would be loaded after ours, and register what was not there yet.
    import_module(f"{DJANGO_Q}.admin")
    for model in apps.get_app_config(DJANGO_Q).get_models():
        if admin.site.is_registered(model):
            admin.site.unregister(model)
