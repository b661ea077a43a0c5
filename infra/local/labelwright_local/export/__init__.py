"""Labels of a job as training data: the formats of other libraries."""
