"""From workers' values to labels: columnar data, algorithms as functions, frozen results.

``methods`` is the way in; numpy is imported below this package only.
"""
