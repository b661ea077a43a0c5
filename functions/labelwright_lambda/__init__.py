"""What stands around the handlers in Lambda: storage, logging, the whole job."""
