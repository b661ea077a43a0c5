"""Simulated workers: they do a job on its real page, in a browser."""
