"""What is looked at before a job starts: its manifest, the files it names, its page."""
