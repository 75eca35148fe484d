"""One file a promise; whatever is here is found by itself. What a file looks like: see ../registry.py."""
