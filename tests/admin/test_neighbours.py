"""django-q2's pages are in the admin, or not, as the site wants it."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest
from django.conf import settings
from django.contrib import admin

from cronmgmt.admin.neighbours import hide_django_q

SITE = """
    import django
    from django.conf import settings

    settings.CRONMGMT = {given}
    django.setup()

    from django.contrib import admin

    print(sorted({{model._meta.app_label for model in admin.site._registry}}))
"""


def apps_in_the_admin(given):
    code = textwrap.dedent(SITE.format(given=given))
    started = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        cwd=settings.ROOT,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings"},
    )
    return started.stdout.decode()


def test_django_q2_is_in_the_admin_unless_the_site_hides_it():
    assert "'django_q'" in apps_in_the_admin({})


def test_a_site_can_hide_django_q2_from_the_admin():
    shown = apps_in_the_admin({"HIDE_DJANGO_Q_ADMIN": True})

    assert "'django_q'" not in shown
    assert "'cronmgmt'" in shown


@pytest.fixture
def registry():
    """The admin's registry, put back afterwards."""
    before = dict(admin.site._registry)
    yield admin.site._registry
    admin.site._registry.clear()
    admin.site._registry.update(before)


@pytest.mark.parametrize("hidden", [True, False])
def test_hiding_takes_away_django_q2_alone(settings, registry, hidden):
    settings.CRONMGMT = {"HIDE_DJANGO_Q_ADMIN": hidden}
    before = {model._meta.app_label for model in registry}

    hide_django_q()

    after = {model._meta.app_label for model in registry}
    assert before - after == ({"django_q"} if hidden else set())


def test_nothing_is_hidden_of_what_is_not_installed(settings, registry):
    settings.CRONMGMT = {"HIDE_DJANGO_Q_ADMIN": True}
    settings.INSTALLED_APPS = [
        each for each in settings.INSTALLED_APPS if each != "django_q"
    ]
    before = dict(registry)

    hide_django_q()

    assert registry == before
