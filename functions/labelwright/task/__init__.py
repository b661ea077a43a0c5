"""The task definition: what a worker produces, and what a page is given."""
