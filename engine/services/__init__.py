"""One use case a file: gather from the ports, decide in core, apply to the store, say what happened."""
