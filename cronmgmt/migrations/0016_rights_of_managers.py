"""No table changes: the groups learn by it what managers may since.

See :data:`cronmgmt.engine.roles.SINCE`.
"""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cronmgmt", "0015_failure_aim")]
