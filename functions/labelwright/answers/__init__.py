"""From what workers sent to one value for each field, worker and data object.

Failures are values here: a damaged answer costs that answer only, and is told with a reason.
"""
