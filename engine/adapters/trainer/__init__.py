"""The trainer: a process of its own on this machine, or one on a worker of a cluster; engine/training/ is what it runs.

`request.py` is what it can be asked, `child.py` the dialogue with it, `files.py` what it reads and writes; `process.py`
keeps one on this machine. `cluster.py` hands a job over; `launch.py` is what travels with it, `errand.py` what it calls
on the worker.
"""

from engine.adapters.trainer.child import COMMAND
from engine.adapters.trainer.cluster import ClusterTrainer
from engine.adapters.trainer.process import ProcessTrainer

__all__ = ["COMMAND", "ClusterTrainer", "ProcessTrainer"]
