"""Worker processes of others: the only place that knows django-q2."""
