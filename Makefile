# Targets to try, test and measure certdeploy. Needs make and Python 3.10 or later, nothing else.
SHELL := /bin/bash
.DELETE_ON_ERROR:
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# The tests and the demo start many processes: compiled modules are kept, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: validators browser screenshots wheel hostile chaos help demo test walk rough lint bench mutants lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/run.stamp  ## renew a certificate on an emulated cloud, see it deployed everywhere (STATE=ots: Tablestore; STACK=1: as a stack)
	@$(BIN)/certdeploy demo $(if $(STATE),--state $(STATE)) $(if $(STACK),--stack)

# How tests run in N processes. Where one that has imported much cannot be forked safely, each begins on its own.
IN_PROCESSES := $(if $(filter Darwin,$(shell uname)),--dist worksteal -n,--forks)

# Where the distribution's Chromium is, one test drives it. Without, or without Selenium, the tests say so.
CHROMIUM := $(and $(shell command -v chromedriver),$(shell command -v chromium || command -v chromium-browser || command -v google-chrome))

# The linters run beside the tests, which leave them time enough.
test: $(VENV)/dev.stamp  ## run tests, linters and type checks
	@$(if $(CHROMIUM),$(MAKE) --no-print-directory $(VENV)/browser.stamp || echo "no browser is driven",true)
	@$(MAKE) --no-print-directory lint >$(VENV)/lint.log 2>&1 & lint=$$!; \
	$(BIN)/pytest $(IN_PROCESSES) 4 --part-of-tables; tests=$$?; \
	wait $$lint || { cat $(VENV)/lint.log; exit 1; }; \
	exit $$tests

walk: $(VENV)/dev.stamp  ## run all tests, every row of their tables (products, fields, cuts): `make test` takes a part
	@CERTDEPLOY_WALK=1 $(BIN)/pytest $(IN_PROCESSES) 4

# N: how many events, rows and answers, 20,000 take half an hour; SEED: any text.
hostile: $(VENV)/dev.stamp  ## send hostile events, rows and answers to every function (N, SEED)
	@CERTDEPLOY_HOSTILE=$(or $(N),20000) CERTDEPLOY_HOSTILE_SEED=$(or $(SEED),1) \
	  $(BIN)/pytest $(IN_PROCESSES) 3 -rP --show-capture=stdout tests/functional/hostile

# MODE: kill (N: runs, each kills every function once at another place; none: all places) or storm; STATE: sqlite or
# ots; FIRST: the run to begin with; SEED: any text; RUN: only this one; PRODUCTS: by commas.
chaos: $(VENV)/dev.stamp  ## kill functions everywhere, or run them in a storm (MODE, STATE, N, FIRST, SEED, RUN, JOBS, PRODUCTS)
	@$(BIN)/python -m tests.chaos $(if $(MODE),--mode $(MODE)) $(if $(STATE),--state $(STATE)) $(if $(N),--runs $(N)) \
	  $(if $(FIRST),--first $(FIRST)) $(if $(SEED),--seed $(SEED)) $(if $(RUN),--run $(RUN)) $(if $(JOBS),--jobs $(JOBS)) \
	  $(if $(PRODUCTS),--products $(PRODUCTS))

# TURNS: 0 is with sparse answers, each other one gives each test another of the SEEDS; a turn takes ten minutes on
# two cores. PART: contract, pipeline or demo.
SEEDS ?= 50
rough: $(VENV)/dev.stamp  ## run tests with sparse and with random answers of the cloud (SEEDS, FIRST, TURNS, PART)
	@$(BIN)/python -m tools.rough --seeds $(SEEDS) $(if $(FIRST),--first $(FIRST)) $(TURNS:%=--turn %) $(PART:%=--only %)

# axe-core, which looks for what hinders people, comes from npm, where that is installed.
AXE := $(VENV)/axe/node_modules/axe-core/axe.min.js
browser: $(VENV)/browser.stamp  ## drive the console in Chromium: the way to a job, by keyboard too, accessibility
	@test -f $(AXE) || npm install --silent --ignore-scripts --no-audit --no-fund --prefix $(VENV)/axe axe-core@4.10.3 \
	  || echo "npm or axe-core is unavailable: accessibility is not checked"
	@CERTDEPLOY_BROWSER=1 CERTDEPLOY_AXE=$(AXE) $(BIN)/pytest -rs tests/browser

screenshots: $(VENV)/browser.stamp  ## take a picture of each page of the console, light and dark (FOLDER; needs Chromium)
	@$(BIN)/python -m tools.screenshots $(or $(FOLDER),screenshots)

# They come as JavaScript in wheels of PyPI, 2 MB, of which nothing is installed.
ROS_CDK := $(VENV)/ros-cdk
validators: $(VENV)/dev.stamp  ## hold template.yml against the validators that ROS generates (needs node)
	@test -d $(ROS_CDK) || $(BIN)/python -m pip download --quiet --no-deps --dest $(ROS_CDK) \
	  $(addsuffix ==1.15.0,$(addprefix ros-cdk-,core fc3 ots ram sls))
	@CERTDEPLOY_ROS_CDK=$(ROS_CDK) $(BIN)/pytest -rs tests/contract/test_template_validators.py

wheel: $(VENV)/dev.stamp  ## build certdeploy, and the emulator alone with its pytest plugin, as wheels into dist/
	@$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist . && rm -rf build
	@$(BIN)/python -m tools.emulator_package $(VENV)/emulator-package
	@$(BIN)/pip wheel --quiet --no-deps --wheel-dir dist $(VENV)/emulator-package

lint: $(VENV)/dev.stamp  ## run linters and type checks only
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports >$(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }

# PART: one of discovery, deployment, "side by side", listeners, imports, tablestore, cost, console, plans.
bench: $(VENV)/bench.stamp  ## measure API calls, times and memory, beside their floors (PART)
	@$(BIN)/python -m bench $(if $(PART),--only "$(PART)")

# N: of each area; AREA: areas or files; NAMED=1: those of tools/mutants/named; FAST=1: no new measurement.
mutants: $(VENV)/mutants.stamp  ## plant small faults, print those no test notices (N, SEED, AREA, NAMED=1, FAST=1, JOBS)
	@$(BIN)/python -m tools.mutants $(if $(N),--count $(N)) $(if $(SEED),--seed $(SEED)) \
	  $(AREA:%=--area %) $(if $(NAMED),--named) $(if $(FAST),--as-measured) $(if $(JOBS),--jobs $(JOBS))

# Tablestore's SDK asks for numpy, 35 MB that its rows do not need: it is left out, and so nothing that is
# locked may be installed with what it asks for. Where something else asks for it (matplotlib), it stays.
WITHOUT := --no-emit-package numpy
lock: $(VENV)/uv.stamp  ## pin the dependencies, by version and hash
	@$(BIN)/python -m uv pip compile -q --universal --python-version 3.10 --generate-hashes \
	  --constraint requirements.lock $(WITHOUT) pyproject.toml -o requirements-functions.lock
	@$(BIN)/python -m uv pip compile -q --universal --python-version 3.10 --generate-hashes --extra aws \
	  --constraint requirements.lock $(WITHOUT) pyproject.toml \
	  $$(sed -n 's/^\([a-z0-9.-]*\)==.*/--no-emit-package \1/p' requirements-functions.lock) \
	  -o requirements-functions-aws.lock
	@$(BIN)/python -m uv pip compile -q --universal --generate-hashes --python-version 3.10 --extra local \
	  $(WITHOUT) pyproject.toml -o requirements.lock
	@$(BIN)/python -m uv pip compile -q --universal --generate-hashes --python-version 3.10 --extra local --extra dev \
	  $(WITHOUT) pyproject.toml -o requirements-dev.lock
	@$(BIN)/python -m uv pip compile -q --universal --generate-hashes --python-version 3.10 --extra browser \
	  --constraint requirements-dev.lock $(WITHOUT) pyproject.toml \
	  $$(sed -n 's/^\([a-z0-9.-]*\)==.*/--no-emit-package \1/p' requirements-dev.lock) \
	  -o requirements-browser.lock
	@$(BIN)/python -m uv pip compile -q --universal --generate-hashes --python-version 3.10 --extra bench \
	  --constraint requirements-dev.lock pyproject.toml -o requirements-bench.lock
	@$(BIN)/python -m uv pip compile -q --universal --generate-hashes --python-version 3.10 --extra mutants \
	  --constraint requirements-dev.lock $(WITHOUT) pyproject.toml -o requirements-mutants.lock

clean:  ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .mutants *.egg-info

# Compiled at once, not by the many processes of the first demo.
$(VENV)/run.stamp: export UV_COMPILE_BYTECODE := 1
$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/uv.stamp
	$(call install,requirements.lock,to run)

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml | $(VENV)/uv.stamp
	$(call install,requirements-dev.lock,to test)

$(VENV)/bench.stamp: requirements-bench.lock | $(VENV)/run.stamp
	$(call install,requirements-bench.lock,to draw what was measured)

$(VENV)/browser.stamp: requirements-browser.lock | $(VENV)/dev.stamp
	$(call install,requirements-browser.lock,to drive a browser)

$(VENV)/mutants.stamp: requirements-mutants.lock | $(VENV)/dev.stamp
	$(call install,requirements-mutants.lock,to plant faults)

# uv is fast; pip does the same where uv is unavailable.
$(VENV)/uv.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null \
	  || { echo "Python 3.10 or later is needed; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making the environment $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv \
	  || echo "uv is unavailable; falling back to pip (slower)"
	@touch $@

define install
	@echo "Installing what is needed $(2) …"
	@if $(BIN)/python -m uv --version >/dev/null 2>&1; then \
	  $(BIN)/python -m uv pip install -q --python $(BIN)/python --no-deps --require-hashes -r $(1) \
	  && $(BIN)/python -m uv pip install -q --python $(BIN)/python --no-deps -e .; \
	else \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r $(1) \
	  && $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .; \
	fi
	@touch $@
endef
