# Two commands do everything: `make reports` and `make test`. `make` alone lists the rest.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SOURCES := src tests benchmarks
# One worker more than there are cores: many tests wait for other processes. The files come in their own order: those with long
# tests stand first, doctests last. A test that hangs ends its worker, and the whole (pyproject.toml).
PYTEST = $(BIN)/pytest -n $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)') --dist loadfile --no-loadscope-reorder --max-worker-restart 0

.DEFAULT_GOAL := help
.PHONY: help reports test test-slow bench check format docs gallery lab lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

reports: $(READY) ## set up, simulate what is missing, run every programme, write reports/index.html
	@$(BIN)/evaltools simulate; simulated=$$?; $(BIN)/evaltools reports && exit $$simulated

test: $(READY) ## set up, test everything
	@$(PYTEST)

test-slow: $(READY) ## the proofs that take a quarter of an hour: coverage of every interval by simulation
	@$(PYTEST) -m slow -o faulthandler_timeout=0

bench: $(READY) ## measure speed and memory beside the peers; prints ratios
	@$(BIN)/python benchmarks/registers.py
	@$(BIN)/python benchmarks/cohorts.py
	@$(BIN)/python benchmarks/durations.py
	@$(BIN)/python benchmarks/adjustment.py
	@$(BIN)/python benchmarks/disclosure.py
	@$(BIN)/python benchmarks/batch.py

check: $(READY) ## check format, lint and types
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/mypy

format: $(READY) ## format the code and take the output out of the notebooks
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)
	@$(BIN)/nbstripout notebooks/*.ipynb

docs: $(READY) ## write docs/data-dictionary.md anew from the declarations
	@$(BIN)/python -m evaltools.registers.dictionary > docs/data-dictionary.md

gallery: $(READY) ## make the pictures of docs/gallery.md anew from what the last `make test` saw
	@$(BIN)/python -m tests.browser.gallery

lab: $(READY) ## open JupyterLab on what can be explored; simulates what is missing first
	@$(BIN)/evaltools simulate
	@$(BIN)/evaltools lab $(LAB)

lock: ## resolve the dependencies of pyproject.toml anew (needs uv)
	uv pip compile pyproject.toml --extra extracts --extra validation --extra statline --extra cluster --extra dev --universal --fork-strategy fewest --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	  --quiet --output-file requirements.lock

clean: ## remove what can be made again: reports/, build/ and the environment
	rm -rf .venv build reports

# pip compiles the bytecode at install: without it every kernel starts seconds later.
# --no-deps: the lock is complete; older pips otherwise look past it for "coverage[toml]" and find a newer one unpinned.
# The stamp is written last, so that an interrupted installation starts again.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "evaltools needs Python 3.11 or newer; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "this Python has no venv module; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up .venv (once, a few minutes)"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --compile --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@
