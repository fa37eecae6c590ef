"""Jobs as text: what a row holds <-> an entry in a file, by the job's name.

values.py     one column's value <-> JSON
entries.py    a job's columns <-> its entry
documents.py  all entries and calendars of a file, and of the database
text.py       JSON or YAML <-> a document
comparing.py  two documents -> what differs, field by field
"""
