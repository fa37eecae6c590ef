"""What stands in a request for what no schema can say."""

from __future__ import annotations

# No schema can say of these what there is, or what it means; each stands for all others
# that are. An edit takes one field at a time: not all of them suit each other.
REAL = {
    "handler": "t:limited",  # one that is registered
    "params": {"limit": 3},  # what the handler's signature takes
    "cronExpression": "0 2 * * *",  # a grammar of its own
    "notify": ["me@example.com"],  # one may be told at one's own, and it is known
    "cron": "*/5 * * * *",
    "at": "2026-07-01T10:00:00Z",  # once: a moment, in whatever zone
    "timezone": "Europe/Oslo",  # one of the machine's
    "calendar": "",  # one that was made
}
