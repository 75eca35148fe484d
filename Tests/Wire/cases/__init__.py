"""The cases, one file a group of commands."""
