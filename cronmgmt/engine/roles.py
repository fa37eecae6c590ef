"""Viewer, operator, manager, error reader: groups of plain Django permissions, made after migrate.

A site may use them, change them or give the permissions to groups of its own; what a
site took away from a group is not put back. What a role may since a later version, its
group is given once: by the run of ``migrate`` that applies the migration of that name.
"""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import Group, Permission

VIEWER = [
    "view_scheduledjob",
    "view_jobrun",
    "view_gap",
    "view_node",
    "view_calendar",
    "view_pause",
]
OPERATOR = [
    *VIEWER,
    "trigger_scheduledjob",
    "switch_scheduledjob",
    "cancel_jobrun",
    "rerun_jobrun",
]
MANAGER = [
    *OPERATOR,
    "add_scheduledjob",
    "change_scheduledjob",
    "delete_scheduledjob",
    "add_calendar",
    "change_calendar",
    "delete_calendar",
    "view_activity",
    "view_error_jobrun",
    "add_jobrun",  # Work for the queue, of no job.
    "add_apikey",  # Keys of their own, that may no more than they may.
]
ERROR_READER = ["view_error_jobrun"]
"""For somebody who has another role as well."""
ROLES = {
    "cronmgmt viewer": VIEWER,
    "cronmgmt operator": OPERATOR,
    "cronmgmt manager": MANAGER,
    "cronmgmt error reader": ERROR_READER,
}

POLICIES, RIGHTS = "0003_policies", "0016_rights_of_managers"
SINCE = {
    "view_calendar": POLICIES,
    "view_pause": POLICIES,
    "add_calendar": POLICIES,
    "change_calendar": POLICIES,
    "delete_calendar": POLICIES,
    "add_jobrun": RIGHTS,
    "add_apikey": RIGHTS,
}
"""What roles did not have from the start, and the migration of ours that brought it."""

PREFIX = "cronmgmt "
"""What the names of our groups begin with; the rest is the role."""

ROLE_NAMES = tuple(group.removeprefix(PREFIX) for group in ROLES)


def make_roles(using: str, applied: Collection[str] = ()) -> None:
    """Make the groups that do not exist yet, with their permissions.

    Those that do are given what came with the migrations that were ``applied`` now.
    """
    later = {codename for codename, name in SINCE.items() if name in applied}
    for name, codenames in ROLES.items():
        group, created = Group.objects.using(using).get_or_create(name=name)
        wanted = codenames if created else later.intersection(codenames)
        permissions = Permission.objects.using(using).filter(
            content_type__app_label="cronmgmt", codename__in=wanted
        )
        group.permissions.add(*permissions)
