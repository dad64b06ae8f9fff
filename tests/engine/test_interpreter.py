"""How the engine's interpreter is shared among its threads."""

import subprocess
import sys


def told(program: str) -> str:
    """What a process of its own prints."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def test_a_waiting_loop_gets_its_turn_within_a_millisecond():
    program = "import sys, engine.interpreter as it; it.shared_finely(); print(sys.getswitchinterval() <= 0.001)"
    assert told(program) == "True"


def test_all_there_is_is_looked_through_seldom():
    program = "import gc, engine.interpreter as it; it.shared_finely(); print(gc.isenabled(), gc.get_threshold())"
    assert told(program) == "True (20000, 20, 20)"


def test_an_engine_shares_its_interpreter_finely(tmp_path):
    program = f"""
import sys, engine.__main__ as it
it._serve = None
try:
    it.run(it.Options(home=__import__("pathlib").Path({str(tmp_path)!r}), source="files:."))
except TypeError:
    print(sys.getswitchinterval() <= 0.001)
"""
    assert told(program) == "True"
