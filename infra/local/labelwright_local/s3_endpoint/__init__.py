"""The workspace as a small S3 on this machine, for people's own pre- and post-labeling functions.

What AWS's own clients send is understood: objects with ranges and conditions, listings with pages,
deletion, copies, multipart uploads, and ``sts:AssumeRole``. Metadata sent with an object is not
kept; what asks for versions, access lists, tags and the like is refused.
"""
