"""The worker portal and the requester's view of one local labeling job."""
