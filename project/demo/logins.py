"""A login for each role, all with the same password."""

from __future__ import annotations

from django.contrib.auth.models import Group, User

PASSWORD = "demo"
LOGINS = {
    "viewer": "sees jobs and runs",
    "operator": "triggers, cancels, switches off and on",
    "manager": "edits jobs too, also in the admin",
    "outsider": "may see nothing",
}
ROLES = ("viewer", "operator", "manager")


def make_logins() -> None:
    """Make the logins that do not exist yet; one that does stays as it is."""
    for name in LOGINS:
        if not User.objects.filter(username=name).exists():
            _make(name)


def _make(name: str) -> None:
    is_staff = name == "manager"
    user = User.objects.create_user(name, password=PASSWORD, is_staff=is_staff)
    if name in ROLES:
        user.groups.add(Group.objects.get(name=f"cronmgmt {name}"))
