"""A labeling job as a durable state machine: who is asked what, and what was answered.

The state is one SQLite file in the job's folder; the files of the service's layout follow from it.
``labelwright run`` feeds it recorded answers, the worker portal those of people.
"""
