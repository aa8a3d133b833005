# What one needs to try, test and measure certdeploy. Needs make and Python 3.10 or later, nothing else.
SHELL := /bin/bash
.DELETE_ON_ERROR:
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# The tests and the demo start many processes: compiled modules are kept, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test lint bench mutants lock clean

help:
	@echo "make demo   a renewed certificate arrives everywhere, on an emulated cloud"
	@echo "make test   tests, lint, types"
	@echo "make bench  API calls, times and import times, with their floors"
	@echo "make mutants  plants small faults and tells which ones no test notices (N=20 SEED=… AREA=… JOBS=…)"
	@echo "make lock   pin the dependencies anew"
	@echo "make clean  remove the environment and caches"

demo: $(VENV)/run.stamp
	@$(BIN)/certdeploy demo

# The linters run beside the tests, which leave them time enough.
test: $(VENV)/dev.stamp
	@$(MAKE) --no-print-directory lint >$(VENV)/lint.log 2>&1 & lint=$$!; \
	$(BIN)/pytest -n 4 --dist worksteal; tests=$$?; \
	wait $$lint || { cat $(VENV)/lint.log; exit 1; }; \
	exit $$tests

lint: $(VENV)/dev.stamp
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@if [ -f .importlinter ]; then $(BIN)/lint-imports --no-timeout 2>/dev/null >$(VENV)/imports.log \
	  || $(BIN)/lint-imports; fi

bench: $(VENV)/run.stamp
	@$(BIN)/python -m bench

# N: of each area; AREA: one of them, or a file, or several; NAMED=1: those of tools/mutants/named.
mutants: $(VENV)/mutants.stamp
	@$(BIN)/python -m tools.mutants $(if $(N),--count $(N)) $(if $(SEED),--seed $(SEED)) \
	  $(AREA:%=--area %) $(if $(NAMED),--named) $(if $(JOBS),--jobs $(JOBS))

lock: $(VENV)/uv.stamp
	@$(BIN)/python -m uv pip compile -q --universal --python-version 3.10 --extra local \
	  pyproject.toml -o requirements.lock
	@$(BIN)/python -m uv pip compile -q --universal --python-version 3.10 --extra local --extra dev \
	  pyproject.toml -o requirements-dev.lock
	@$(BIN)/python -m uv pip compile -q --universal --python-version 3.10 --extra mutants \
	  --constraint requirements-dev.lock pyproject.toml -o requirements-mutants.lock

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .mutants *.egg-info

# Compiled at once, not by the many processes of the first demo.
$(VENV)/run.stamp: export UV_COMPILE_BYTECODE := 1
$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/uv.stamp
	$(call install,requirements.lock,to run)

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml | $(VENV)/uv.stamp
	$(call install,requirements-dev.lock,to test)

$(VENV)/mutants.stamp: requirements-mutants.lock | $(VENV)/dev.stamp
	$(call install,requirements-mutants.lock,to plant faults)

# uv is fast; where it cannot be had, pip does the same.
$(VENV)/uv.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null \
	  || { echo "Python 3.10 or later is needed; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making the environment $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv \
	  || echo "uv is not to be had, so pip takes its place (slower)"
	@touch $@

define install
	@echo "Installing what is needed $(2) …"
	@if $(BIN)/python -m uv --version >/dev/null 2>&1; then \
	  $(BIN)/python -m uv pip install -q --python $(BIN)/python -r $(1) \
	  && $(BIN)/python -m uv pip install -q --python $(BIN)/python --no-deps -e .; \
	else \
	  $(BIN)/python -m pip install -q --disable-pip-version-check -r $(1) \
	  && $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .; \
	fi
	@touch $@
endef
