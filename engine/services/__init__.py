"""One use case a file, or a folder: gather from the ports, decide in core, apply to the store, say what happened."""
