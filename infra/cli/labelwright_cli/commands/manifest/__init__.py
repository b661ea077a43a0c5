"""``labelwright manifest …``: a manifest before a job, and what a job failed on."""
