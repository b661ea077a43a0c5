"""The functions that a job calls: ours as they are deployed, people's own, and recorded events."""
