"""Votes from CSV: ``task,worker,label``, a header line and one vote a line."""
