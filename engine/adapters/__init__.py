"""One kind of I/O a file, or a folder; none imports another, and wiring alone names them."""
