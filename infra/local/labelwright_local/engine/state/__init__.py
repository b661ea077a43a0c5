"""The SQLite file that a job lives in, and how an older one becomes a current one."""
