"""One label for each task: from votes alone, and with what is learnt of each worker."""
