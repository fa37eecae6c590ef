"""Every URL of the dashboard × method × role, and what is answered.

A column for each of PEOPLE. The last two ask for a job, or a run of one, that is
restricted to groups: Otto operates jobs and is in none of them, Ada operates jobs and
is in the one that may see it. Where the address names neither, they are operators.
"""

from __future__ import annotations

PEOPLE = (
    "anonymous",
    "outsider",
    "reader",  # of errors, and has no other role
    "viewer",
    "operator",
    "manager",
    "otto",
    "ada",
)

LOOKING = "302 403 403 200 200 200 200 200"
LOOKING_AT_ONE = "302 403 403 200 200 200 404 200"
OPERATING = "302 403 403 403 303 303 303 303"
OPERATING_ONE = "302 403 403 403 303 303 404 403"
ANYBODY = "200 200 200 200 200 200 200 200"
REASON = {"reason": "why not"}

# Route -> method -> statuses, and what is sent. What is not here must be 405.
TABLE: dict[str, dict[str, tuple[str, dict[str, str]]]] = {
    "": {"GET": (LOOKING, {})},
    "bulk": {
        "GET": ("302 403 403 403 200 200 200 200", {"job": "{job}", "action": "off"}),
        "POST": (
            # Otto is told of a job that there is no such thing, in a list of refusals.
            "302 403 403 409 303 303 409 409",
            {"job": "{job}", "action": "trigger"},
        ),
    },
    "pause": {
        "GET": ("302 403 403 403 200 200 200 200", {}),
        # The restricted job would be paused along with the others.
        "POST": ("302 403 403 403 403 403 403 403", REASON),
    },
    "pause/end": {"POST": ("302 403 403 403 403 403 403 403", {})},
    "jobs/<job:name>": {"GET": (LOOKING_AT_ONE, {})},
    "jobs/<job:name>/trigger": {
        "GET": ("302 403 403 403 200 200 404 403", {}),
        "POST": (OPERATING_ONE, {}),
    },
    "jobs/<job:name>/off": {"POST": (OPERATING_ONE, REASON)},
    "jobs/<job:name>/on": {"POST": (OPERATING_ONE, REASON)},
    "trigger/<job:name>": {"POST": (OPERATING_ONE, REASON)},
    "runs": {"GET": (LOOKING, {})},
    "runs.csv": {"GET": (LOOKING, {})},
    "runs.json": {"GET": (LOOKING, {})},
    "runs/several": {
        "POST": (
            # A list of what was done and refused; of the viewer's, all is refused.
            "302 403 403 200 200 200 200 200",
            {"run": "{run}", "verb": "rerun"},
        )
    },
    "runs/all/<verb:verb>": {
        "GET": ("302 403 403 403 200 200 200 200", {"job": "{job}"}),
        "POST": ("302 403 403 403 200 200 200 200", {"low": "0", "high": "99"}),
    },
    "runs/<uuid:execution_id>": {"GET": (LOOKING_AT_ONE, {})},
    "runs/<uuid:execution_id>/log": {"GET": (LOOKING_AT_ONE, {})},
    "runs/<uuid:execution_id>/again": {
        "GET": ("302 403 403 403 200 200 404 403", {}),
        "POST": (OPERATING_ONE, {}),
    },
    "runs/<uuid:execution_id>/cancel": {
        # The run is finished: who may cancel is told that it is too late.
        "POST": ("302 403 403 403 409 409 404 403", REASON)
    },
    "runs/<uuid:execution_id>/rerun": {"POST": (OPERATING_ONE, REASON)},
    "upcoming": {"GET": (LOOKING, {})},
    "system": {"GET": (LOOKING, {})},
    "system/doctor": {"GET": (LOOKING, {})},
    "activity": {"GET": ("302 403 403 403 403 200 403 403", {})},
    "activity.csv": {"GET": ("302 403 403 403 403 200 403 403", {})},
    "activity.json": {"GET": ("302 403 403 403 403 200 403 403", {})},
    "theme": {"POST": ("302 303 303 303 303 303 303 303", {"theme": "dark"})},
    "status": {"GET": ("401 403 403 200 200 200 200 200", {})},
    "health": {"GET": (ANYBODY, {})},
}

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

HARMLESS = {"theme"}
"""What is posted there changes nothing but the reader's own cookie."""
