"""Workers of a job: who is asked what, for how long, and what they answered."""
