"""What Labelwright computes, free of the outside world: no AWS, environment, clock or print."""
