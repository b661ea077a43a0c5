"""Labelled stretches of text: by vote, and by a model of each worker's ends and labels."""
