"""A job that goes on here: what another one had, made into a folder of our own."""
