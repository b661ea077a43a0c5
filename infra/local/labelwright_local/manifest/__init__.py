"""Manifests: the files that list what a job is to label, checked, filtered and reused."""
