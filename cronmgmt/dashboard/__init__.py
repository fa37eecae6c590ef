"""The pages under ``cron/``, and the little that programs ask there.

access       who is let in, and what those are told who are not
refusals     what was raised on purpose -> a status, as a page or as JSON
speaking     what a client sent and what it wants to read
paths        the names of jobs in URLs, with and without a slash
rows         what queries found -> what a page shows of it
frame        what every page has
parameters   the form that triggers a job with other parameters
pages  triggering  verbs  programs      the views
"""
