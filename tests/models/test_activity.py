"""What somebody did is only ever added to."""

from __future__ import annotations

import pytest
from django.contrib.admin.utils import quote
from django.db import transaction

from cronmgmt.errors import AppendOnly
from cronmgmt.models import Activity

pytestmark = [pytest.mark.django_db, pytest.mark.part("0.10")]

FIELDS = {"actor": "alice", "source": "code", "action": "trigger", "allowed": True}


@pytest.fixture
def record(now):
    return Activity.objects.create(at=now, **FIELDS)


def changed(record):
    record.actor = "bob"
    return record


@pytest.mark.parametrize(
    "attempt",
    [
        lambda record: changed(record).save(),
        lambda record: changed(record).save(update_fields=["actor"]),
        lambda record: changed(record).save(force_update=True),
        lambda record: record.delete(),
        lambda record: Activity.objects.filter(pk=record.pk).delete(),
        lambda record: Activity.objects.all().delete(),
        lambda record: Activity.objects.update(actor="bob"),
        lambda record: Activity.objects.bulk_update([changed(record)], ["actor"]),
        lambda record: Activity.objects.update_or_create(
            pk=record.pk, defaults={"actor": "bob"}
        ),
        lambda record: Activity._base_manager.filter(pk=record.pk).delete(),
        lambda record: Activity._base_manager.update(actor="bob"),
    ],
)
def test_a_record_is_neither_changed_nor_deleted(record, attempt):
    with pytest.raises(AppendOnly), transaction.atomic():
        attempt(record)

    assert Activity.objects.get().actor == "alice"


def test_a_record_is_not_written_over_by_one_of_its_number(record):
    with pytest.raises(Exception, match="(?i)unique|duplicate"):
        Activity(pk=record.pk, at=record.at, **{**FIELDS, "actor": "bob"}).save()


def test_records_are_added_one_by_one_and_together(now):
    Activity(at=now, **FIELDS).save()
    Activity.objects.bulk_create([Activity(at=now, **FIELDS)])

    assert Activity.objects.count() == 2


@pytest.mark.parametrize("page", ["change", "delete", "add"])
def test_the_admin_changes_no_record(record, client, django_user_model, page):
    client.force_login(django_user_model.objects.create_superuser("root"))
    where = "add" if page == "add" else f"{quote(record.pk)}/{page}"

    answer = client.post(f"/admin/cronmgmt/activity/{where}/", {"actor": "bob"})

    assert answer.status_code == 403
    assert Activity.objects.get(pk=record.pk).actor == "alice"


def test_the_admin_has_no_action_that_deletes_records(
    record, client, django_user_model
):
    client.force_login(django_user_model.objects.create_superuser("root"))

    client.post(
        "/admin/cronmgmt/activity/",
        {"action": "delete_selected", "_selected_action": record.pk, "post": "yes"},
    )

    assert Activity.objects.exists()
