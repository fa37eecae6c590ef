"""How many of a job's runs may fail, where it is not what the site says."""

from __future__ import annotations

from django.db import migrations, models

import cronmgmt.models.limits


class Migration(migrations.Migration):
    dependencies = [("cronmgmt", "0014_told_runs")]

    operations = [
        migrations.AddField(
            model_name="scheduledjob",
            name="failure_aim",
            field=models.FloatField(
                blank=True,
                help_text=(
                    "The share of its latest runs that may fail, from 0 to 1. "
                    "Empty: FAILURE_AIM."
                ),
                null=True,
                validators=[cronmgmt.models.limits.valid_share],
            ),
        ),
    ]
