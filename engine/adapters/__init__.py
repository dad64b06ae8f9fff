"""One kind of I/O a file; none imports another, and wiring alone names them."""
