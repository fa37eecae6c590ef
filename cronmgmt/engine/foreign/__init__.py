"""Schedules of another system -> entries for jobs, and why some cannot be carried.

mapping.py      the file that says which handler takes the place of what
moving.py       what all sources share: names, parameters, refusals
rows.py         tables of another app, from a dump or from this site's database
crontab.py  django_q2.py  celery_beat.py    a source each
"""
