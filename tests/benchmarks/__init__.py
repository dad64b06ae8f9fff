"""Benchmarks: ratios in one run, never part of the suite. `make bench` runs them all."""
