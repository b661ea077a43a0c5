"""Suggestions from other tools' files: read, matched with a manifest's objects, written into it."""
