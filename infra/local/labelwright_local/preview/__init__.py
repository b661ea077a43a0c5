"""The preview: a worker's page, and what is behind it."""
