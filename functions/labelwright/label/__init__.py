"""The consolidated label: our format under the label attribute, and fitting it into the limits."""
