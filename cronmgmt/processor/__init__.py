"""The tick over HTTP: what a platform's cron calls, and a client that calls it."""
