# Everything here works in a fresh clone: `.venv` is made when it is missing, from requirements.lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo run test check bench lock picture clean
.DEFAULT_GOAL := demo

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(f"Whipsaw needs Python 3.11 to 3.13, this is {v[0]}.{v[1]}: make PYTHON=python3.12" if not (3, 11) <= v < (3, 14) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up .venv (once; TensorFlow is large)"
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]' -c requirements.lock
	@touch $@

demo: $(READY)  ## the screen on real prices of 2008, offline
	@$(BIN)/whipsaw demo

run: $(READY)  ## the screen on your own list
	@$(BIN)/whipsaw

test: $(READY)  ## the whole suite, offline
	@$(BIN)/python -m pytest

check: $(READY)  ## format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(READY)  ## the benchmarks, as ratios in one run
	@$(BIN)/python -m tests.benchmarks

picture: $(READY)  ## docs/*.svg, from the running demo
	@$(BIN)/python -m tests.picture docs

lock: $(READY)  ## requirements.lock anew: names and versions only
	@$(BIN)/pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile pyproject.toml --extra dev --extra alpaca --extra cluster --extra serve --extra keyring --universal \
		--python-version 3.11 --no-header --no-annotate --prerelease disallow --upgrade --quiet -o requirements.lock

clean:
	rm -rf $(VENV)
