"""What changes a job while it lives: more lines, another task, other names, answers asked again."""
