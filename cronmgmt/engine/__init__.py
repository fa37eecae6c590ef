"""What happens, a file per step: due job -> queued run -> running -> outcome."""
