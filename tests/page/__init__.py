"""The worker page in a real browser, with real mouse and keyboard."""
