"""The pages under ``cron/``, and the little that programs ask there.

access       who is let in, and what those are told who are not
refusals     what was raised on purpose -> a status, as a page or as JSON
speaking     what a client sent and what it wants to read
paths        the names of jobs in URLs, with and without a slash
rows         what queries found -> what a page shows of it
policy       the Content-Security-Policy of what is answered
navigation   the links above every page, and its appearance
live         a page, the part of it that is looked at again, or 304
frame        what every page has
records      an attempt on record -> what is shown of it
parameters   the form that triggers a job with other parameters
filtering    the form above the runs, kept in the address -> what is looked for
charts       durations, and the parts of a run's life -> what is drawn
joblist  history  job_page  run_page  triggering  rerunning  verbs  several
appearance  activity  programs      the views
"""
