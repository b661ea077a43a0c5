"""The laptop wiring: command line, local Ground Truth, and the folder that stands in for S3."""
