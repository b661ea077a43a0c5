"""From the manifest to the label: what is handed to both functions, and what they gave."""
