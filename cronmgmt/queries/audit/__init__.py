"""The audit checklist for scheduled jobs, put to every job: 67 boxes, and a grade.

verdicts    what a box is, and what may be said of it
facts       reading   what the rules go by: rows, settings, the handler's code
definition  locking  monitoring  repeating  failing  processes  instances   the rules
boxes       all of them in one table, and what people answered
grading     jobs and the site, each with its answers and its grade
"""

from __future__ import annotations

from cronmgmt.queries.audit.boxes import BOXES, SECTIONS, TAG
from cronmgmt.queries.audit.grading import (
    GRADES,
    Answered,
    Audit,
    AuditedJob,
    AuditedSite,
    audit,
)
from cronmgmt.queries.audit.verdicts import LABELS, Box, Verdict, Who

__all__ = [
    "BOXES",
    "GRADES",
    "LABELS",
    "SECTIONS",
    "TAG",
    "Answered",
    "Audit",
    "AuditedJob",
    "AuditedSite",
    "Box",
    "Verdict",
    "Who",
    "audit",
]
