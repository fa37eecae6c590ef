"""The list of jobs draws its strips from an index alone, on PostgreSQL."""

from __future__ import annotations

from django.db import migrations

from cronmgmt.migrations import _indexes


class Migration(migrations.Migration):
    dependencies = [("cronmgmt", "0018_targets")]

    operations = [
        migrations.RunPython(_indexes.create_strip, _indexes.drop_strip, atomic=False)
    ]
