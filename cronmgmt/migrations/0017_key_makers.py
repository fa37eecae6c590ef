"""Whose rights bound what a key may."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cronmgmt", "0016_rights_of_managers")]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="maker",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=64
            ),
        ),
    ]
