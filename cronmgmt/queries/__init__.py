"""Read-only questions that dashboard, API and commands all ask.

``actor`` is who asks: what they may not see is left out, and is not there when they
name it. None is code, which sees everything. Each reads a bounded number of indexed
rows: what it costs does not grow with history.

jobs  runs  system      what there is
summaries  choosing     all jobs side by side, searched and sorted
strips                  their latest occurrences
outlook  machinery      what will run, and what keeps it going
presets                 what is often looked for
search                  runs of all jobs that match
runfilter  reach        which those are, and how far back a page looks
occurrences             a job's runs and the times without one
life  logs              what happened to a run, and what it said
statistics  policies    how a job does, and by which rules
activity                who did or tried what
work                    how the queue is doing
schedules               what will be
parameters              what is shown of them
targets                 how it went for each database or tenant
texts                   what is shown of it, and to whom
audit                   the checklist, and a grade for each job
"""

from __future__ import annotations

from cronmgmt.queries.activity import (
    VERDICTS,
    ActivityFilter,
    ActivityFound,
    actions_known,
    activity,
    find_activity,
    find_all_activity,
    names_of,
)
from cronmgmt.queries.choosing import SORTS, Choice, Chosen, choose
from cronmgmt.queries.jobs import (
    JobState,
    job,
    job_as_json,
    jobs,
)
from cronmgmt.queries.latest import SLOTS
from cronmgmt.queries.life import Step, Stretch, steps, stretches
from cronmgmt.queries.logs import LogPart, log_end, log_since
from cronmgmt.queries.machinery import (
    Held,
    Machinery,
    NodeState,
    Waiting,
    machinery,
    versions,
)
from cronmgmt.queries.occurrences import KINDS, Occurrence, Occurrences, occurrences
from cronmgmt.queries.outlook import (
    BUCKET,
    MOST_JOBS,
    Going,
    Lane,
    Outlook,
    PileUp,
    going,
    outlook,
)
from cronmgmt.queries.policies import Policy, policies, span
from cronmgmt.queries.presets import GROUPS, STUCK_AFTER, preset
from cronmgmt.queries.runfilter import RunFilter
from cronmgmt.queries.runs import (
    Page,
    endings,
    history,
    history_page,
    last_result,
    log_text,
    repeats,
    result_as_json,
    run,
)
from cronmgmt.queries.schedules import (
    Preview,
    in_words,
    preview,
)
from cronmgmt.queries.search import (
    LISTED,
    PENDING,
    Found,
    Pending,
    Tally,
    batch,
    find_all_runs,
    find_runs,
    job_names,
    pending,
    runs_of,
    tally,
)
from cronmgmt.queries.statistics import (
    Spread,
    Statistics,
    latest_runs,
    statistics,
)
from cronmgmt.queries.strips import Current, Slot, Strip, listed, strips
from cronmgmt.queries.summaries import STATES, Summary, summaries, tags
from cronmgmt.queries.system import (
    NODE_SILENT_AFTER,
    backlog,
    is_reachable,
    live_nodes,
    parked,
    pauses,
)
from cronmgmt.queries.targets import (
    TargetRecord,
    target_as_json,
    target_names,
    target_records,
    target_records_of,
    target_results,
)
from cronmgmt.queries.texts import (
    shown_error,
    shown_reason,
    shown_record,
)
from cronmgmt.queries.work import (
    Work,
    work,
    work_as_json,
)
from cronmgmt.telemetry.parameters import shown_parameters

__all__ = [
    "KINDS",
    "BUCKET",
    "GROUPS",
    "LISTED",
    "MOST_JOBS",
    "NODE_SILENT_AFTER",
    "PENDING",
    "SLOTS",
    "SORTS",
    "STATES",
    "STUCK_AFTER",
    "Choice",
    "Chosen",
    "Current",
    "Found",
    "Going",
    "Held",
    "JobState",
    "Lane",
    "LogPart",
    "Machinery",
    "NodeState",
    "Occurrence",
    "Occurrences",
    "Outlook",
    "Page",
    "Pending",
    "PileUp",
    "Policy",
    "Preview",
    "RunFilter",
    "Slot",
    "Spread",
    "Statistics",
    "Step",
    "Stretch",
    "Strip",
    "Summary",
    "Tally",
    "TargetRecord",
    "Waiting",
    "Work",
    "activity",
    "backlog",
    "batch",
    "choose",
    "endings",
    "find_all_runs",
    "find_runs",
    "going",
    "history",
    "history_page",
    "in_words",
    "is_reachable",
    "job",
    "job_as_json",
    "job_names",
    "jobs",
    "last_result",
    "listed",
    "latest_runs",
    "live_nodes",
    "log_end",
    "log_since",
    "log_text",
    "machinery",
    "occurrences",
    "outlook",
    "parked",
    "pauses",
    "pending",
    "repeats",
    "policies",
    "preset",
    "preview",
    "result_as_json",
    "run",
    "runs_of",
    "shown_error",
    "shown_parameters",
    "shown_reason",
    "shown_record",
    "span",
    "statistics",
    "steps",
    "stretches",
    "strips",
    "summaries",
    "tags",
    "tally",
    "target_as_json",
    "target_names",
    "target_records",
    "target_records_of",
    "target_results",
    "versions",
    "work",
    "work_as_json",
    "VERDICTS",
    "ActivityFilter",
    "ActivityFound",
    "actions_known",
    "find_activity",
    "find_all_activity",
    "names_of",
]
