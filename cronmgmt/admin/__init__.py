"""Jobs to edit, and their history to read, in Django's admin.

jobs  layout  forms  fields  parameters  marks  saving  display      what people edit
calendars                                           days on which jobs do not run
pauses                                     everything, or a tag, off for a while
keys                                       what programs show instead of a login
verbs  switching                                        what they do with many at once
runs  records  reading  paging                                     what they only read
neighbours                                     django-q2's own pages, there or hidden
"""

from __future__ import annotations

from cronmgmt.admin import calendars, jobs, keys, pauses, records, runs
from cronmgmt.admin.neighbours import hide_django_q

__all__ = ["calendars", "jobs", "keys", "pauses", "records", "runs"]

hide_django_q()
