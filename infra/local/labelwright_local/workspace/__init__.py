"""Where things lie on this machine: a folder in the place of S3, and what jobs keep in it."""
