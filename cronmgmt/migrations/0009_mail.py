"""Who is mailed when a run of a job ends."""

from __future__ import annotations

from django.db import migrations, models

import cronmgmt.models.mailing


class Migration(migrations.Migration):
    dependencies = [
        ("cronmgmt", "0008_attention"),
    ]

    # The database's own default lets code that does not know it yet go on.
    operations = [
        migrations.AddField(
            model_name="scheduledjob",
            name="mail_requester",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text=(
                    "Mail the person who triggered a run when it ends. Runs by the "
                    "schedule are nobody's."
                ),
            ),
        ),
        migrations.AddField(
            model_name="scheduledjob",
            name="mail_to",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text=(
                    "E-mail addresses that are told of the end of every run, also of "
                    "those by the schedule."
                ),
                null=True,
                validators=[cronmgmt.models.mailing.valid_addresses],
            ),
        ),
    ]
