"""What is wrong with a template, found without a browser and without a job."""
