"""Whoever fills in a moment is told in whose time zone it is read."""

from __future__ import annotations

import pytest
from django.utils import timezone

from cronmgmt.dashboard.activity import Filters as ActivityFilters
from cronmgmt.dashboard.filtering import Filters as RunFilters
from cronmgmt.dashboard.forms import Asking, PauseForm, SwitchOff
from cronmgmt.dashboard.rerunning import RerunForm


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (ActivityFilters, "since"),
        (ActivityFilters, "until"),
        (RunFilters, "since"),
        (RunFilters, "until"),
        (Asking, "at"),
        (SwitchOff, "until"),
        (PauseForm, "until"),
        (RerunForm, "intended_for"),
    ],
)
def test_the_label_names_the_current_zone(form, field):
    label = form.base_fields[field].label

    with timezone.override("Asia/Kolkata"):
        assert str(label).endswith("(Asia/Kolkata)")
    with timezone.override("UTC"):
        assert str(label).endswith("(UTC)")
