"""What the workers of the tests do."""
