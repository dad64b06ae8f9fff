"""Pure arithmetic: values in, values out; no I/O, no clock, no threads, no randomness without a seed."""
