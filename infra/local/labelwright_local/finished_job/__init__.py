"""A finished job as a source of answers, and what it amounts to."""
