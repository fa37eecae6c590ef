"""Is this site set up so that scheduled work runs, and if not, what is to be done?

examination   the order in which all is looked at; what fails is a finding itself
findings      what there is to say, and how bad it is
storage       the database: does it answer, are its tables there, its clock
settings      what Django's checks say of this app; where mail goes
machinery     nodes, queues, and what pruned last
messages      django-q2's broker
jobs          what keeps jobs from running

Each looks at a bounded number of rows by an index, or at each job once: about twenty
statements, however many jobs and runs there are.
"""

from __future__ import annotations

from cronmgmt.doctor.examination import examine
from cronmgmt.doctor.findings import Finding, Level, as_json, worst
from cronmgmt.doctor.machinery import of_machinery

__all__ = ["Finding", "Level", "as_json", "examine", "of_machinery", "worst"]
