"""Viewer, operator, manager, error reader: groups of plain Django permissions, made after migrate.

A site may use them, change them or give the permissions to groups of its own; what a
site took away from a group is not put back.
"""

from __future__ import annotations

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

PREFIX = "cronmgmt "
"""What the names of our groups begin with; the rest is the role."""

ROLE_NAMES = tuple(group.removeprefix(PREFIX) for group in ROLES)


def make_roles(using: str) -> None:
    """Make the groups that do not exist yet, with their permissions."""
    for name, codenames in ROLES.items():
        group, created = Group.objects.using(using).get_or_create(name=name)
        if created:
            permissions = Permission.objects.using(using).filter(
                content_type__app_label="cronmgmt", codename__in=codenames
            )
            group.permissions.set(permissions)
