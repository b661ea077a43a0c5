"""The command line ``labelwright``: the door to everything, and to neither wiring."""
