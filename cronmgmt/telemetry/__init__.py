"""Who hears what happens: logs, metrics, pings."""
