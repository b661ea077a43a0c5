"""The worker's page as Ground Truth makes it of a template: Liquid, document, object links."""
