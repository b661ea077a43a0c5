"""A whole job: its answers from whatever holds them, and the votes that its batches learn from."""
