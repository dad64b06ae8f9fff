"""`python -m tests.benchmarks.alarms`: the proof of the alarms by itself."""

from tests.benchmarks.alarms.report import main

if __name__ == "__main__":
    main()
