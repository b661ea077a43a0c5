"""Liquid as Ground Truth's templates use it, over python-liquid, with a bound on all it may do."""
