"""The proof of the alarms: made-up years with known events, rival detectors on the same series, and real days."""
