"""What our servers on this machine have in common."""
