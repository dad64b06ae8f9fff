"""`python -m tests.benchmarks.alarms.check_vus`: our VUS-PR beside aeon's, in an environment of its own under build/.

aeon wants an older pandas than this project, so it is installed apart, the first time it is asked for.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.benchmarks.alarms.vus import MOST, vus_pr

APART = Path(__file__).parents[3] / "build" / "aeon"

_ASKED = """
import json, sys
import numpy as np
from aeon.benchmarking.metrics.anomaly_detection import range_pr_vus_score
cases = json.load(open(sys.argv[1]))
print(json.dumps([range_pr_vus_score(np.array(e), np.array(s), int(sys.argv[2])) for e, s in cases]))
"""


def python_with_aeon() -> Path:
    """The interpreter that has aeon; made when it is missing."""
    python = APART / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", APART], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "aeon>=1.6,<2"], check=True)
    return python


def cases(count: int = 40, rows: int = 1_500) -> list[tuple[list[int], list[float]]]:
    """Events with scores that know something of them, ties among them."""
    random, made = np.random.default_rng(0), []
    for _ in range(count):
        events = np.zeros(rows, np.int64)
        for start in random.integers(30, rows - 60, 6):
            events[start : start + random.integers(1, 30)] = 1
        scores = np.round(random.normal(size=rows) + random.uniform(0, 3) * events, int(random.integers(1, 6)))
        made.append((events.tolist(), scores.tolist()))
    return made


def main() -> None:
    """The largest difference over all cases."""
    asked = cases()
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(asked, file)
        file.flush()
        command = [python_with_aeon(), "-c", _ASKED, file.name, str(MOST)]
        said = subprocess.run(command, capture_output=True, text=True, check=True)
    theirs = json.loads(said.stdout.splitlines()[-1])
    ours = [vus_pr(np.array(events, np.bool_), np.array(scores)) for events, scores in asked]
    print(f"{len(asked)} series: the largest difference is {np.abs(np.array(theirs) - ours).max():.1e}")


if __name__ == "__main__":
    main()
