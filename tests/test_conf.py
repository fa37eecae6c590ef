"""A setting is read when it is needed, from one dict of the site's."""

from __future__ import annotations

import inspect
import socket
from datetime import timedelta

import pytest

from cronmgmt.conf import DEFAULTS, TYPES, Conf, conf


def test_without_any_setting_the_defaults_hold(settings):
    del settings.CRONMGMT

    assert conf.MAX_LOSSES == DEFAULTS["MAX_LOSSES"] == 3


def test_what_the_site_sets_counts_at_once(settings):
    settings.CRONMGMT = {"BEAT": timedelta(seconds=5)}
    assert timedelta(seconds=5) == conf.BEAT

    settings.CRONMGMT = {}
    assert timedelta(seconds=1) == conf.BEAT


@pytest.mark.parametrize("given", [None, [], "LEASE=30", 5])
def test_what_is_no_dict_is_left_to_the_checks(settings, given):
    settings.CRONMGMT = given

    assert conf.MAX_LOSSES == 3


def test_an_unknown_setting_is_an_error_of_the_code():
    with pytest.raises(AttributeError):
        conf.LEESE  # noqa: B018


@pytest.mark.part("4.12")
def test_an_instance_is_called_as_the_site_says_or_as_its_host(settings):
    settings.CRONMGMT = {"INSTANCE": "web-1"}
    assert conf.instance == "web-1"

    settings.CRONMGMT = {}
    assert conf.instance == socket.gethostname()


def test_every_setting_has_a_type_and_a_default():
    assert set(TYPES) == set(DEFAULTS)


def test_every_setting_says_what_it_means():
    source = inspect.getsource(Conf)

    for name in DEFAULTS:
        after = source.split(f"    {name}: ")[1].split("\n", 1)[1]
        assert after.lstrip().startswith('"""'), name
