"""People's own data as the objects of a job: read from files and folders, written as a manifest."""
