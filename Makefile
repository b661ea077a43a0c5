# Everything a newcomer needs is a target here; each makes its own virtual environment as needed.
# `make` alone lists them, by the words behind ##.
.PHONY: demo test test-all lint page page-hosted tables build bench bench-full clean pins
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SAM_VENV := .venv-sam
RUN_PINS := infra/local/requirements.txt
DEV_PINS := tests/requirements/dev.txt
SAM_PINS := tests/requirements/sam.txt
BENCH_VENV := .venv-bench
BENCH_PINS := tests/requirements/bench.txt
LOADERS_VENV := .venv-loaders
LOADERS_PINS := tests/requirements/loaders.txt
OURS := PYTHONPATH=functions:infra/local:infra/cli
BENCH := $(OURS) $(BENCH_VENV)/bin/python -m
WORKSPACE ?= build/demo
NODE_MODULES := web/node_modules

.PHONY: help
help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' Makefile

PIP_INSTALL := -m pip install --quiet --disable-pip-version-check

# One environment in two stages: what runs jobs, and on top of it what tests and lints them.
$(VENV)/runs: $(RUN_PINS) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; set PYTHON=python3.x" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP_INSTALL) --require-hashes -r $(RUN_PINS)
	$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/ready: $(DEV_PINS) $(VENV)/runs
	$(BIN)/python $(PIP_INSTALL) --require-hashes -r $(DEV_PINS)
	touch $@

# AWS SAM CLI pins boto3 and click, so it gets an environment of its own. The pins are complete
# (--no-deps): older pips look for extras of a pinned package anew, and find no hash.
$(SAM_VENV)/ready: $(SAM_PINS)
	$(PYTHON) -m venv $(SAM_VENV)
	$(SAM_VENV)/bin/python $(PIP_INSTALL) --no-deps --require-hashes -r $(SAM_PINS)
	touch $@

# crowd-kit and cleanlab bring half of the machine-learning world along: never among our own.
$(BENCH_VENV)/ready: $(BENCH_PINS)
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python $(PIP_INSTALL) --no-deps --require-hashes -r $(BENCH_PINS)
	touch $@

# datasets, spaCy, pycocotools and others that load what is exported: never among our own.
$(LOADERS_VENV)/ready: $(LOADERS_PINS)
	$(PYTHON) -m venv $(LOADERS_VENV)
	$(LOADERS_VENV)/bin/python $(PIP_INSTALL) --no-deps --require-hashes -r $(LOADERS_PINS)
	touch $@

# The lock file holds versions and hashes; which registry serves them is the machine's affair.
$(NODE_MODULES)/ready: web/package-lock.json web/package.json
	@command -v npm >/dev/null || { echo "Node 20 or newer is needed, with npm: https://nodejs.org" >&2; exit 1; }
	cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

demo: $(VENV)/runs ## a whole labeling job on this machine, and its result
	$(BIN)/labelwright run --task templates/abstract-entities --workspace $(WORKSPACE)

test: $(VENV)/ready $(SAM_VENV)/ready $(NODE_MODULES)/ready ## the tests: under 15 minutes on 2 cores, in a browser that it finds or brings
	$(BIN)/python -m tests.browsers chromium
	cd web && npm test --silent
	$(BIN)/pytest

test-all: $(VENV)/ready $(SAM_VENV)/ready $(BENCH_VENV)/ready $(LOADERS_VENV)/ready $(NODE_MODULES)/ready ## the tests with the long ones
	$(BIN)/python -m tests.browsers chromium firefox
	HYPOTHESIS_PROFILE=thorough $(BIN)/pytest -m "not peers and not loaders"
	$(BENCH) pytest -m peers tests/consolidation
	$(OURS) $(LOADERS_VENV)/bin/python -m pytest -m loaders tests/loaders

lint: $(VENV)/ready $(NODE_MODULES)/ready ## ruff, mypy --strict, the import contracts, the scripts of web/
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy functions infra tests
	$(BIN)/lint-imports
	cd web && npm run --silent check

# Everything that is made of web/'s sources and committed: the worker page's template, and the
# scripts of the local portal. A test compares it with what the sources build.
page: $(NODE_MODULES)/ready ## what is built of web/ and committed
	cd web && npm run --silent build

# The worker page for those who host its files: a script and a style named by their hash, and a
# template that loads them from BASE_URL with their integrity.
page-hosted: $(NODE_MODULES)/ready ## the worker page, its files at BASE_URL
	cd web && node page/hosted.mjs "$(BASE_URL)" ../build/page-hosted $(TASK)

build: $(VENV)/ready $(SAM_VENV)/ready ## what sam deploy deploys, checked
	$(BIN)/python infra/build.py

# The tables of commands in infra/cli/README.md; a test compares them with the commands.
tables: $(VENV)/ready ## the tables of commands in infra/cli/README.md
	$(BIN)/python -m tests.readme

bench: $(VENV)/ready $(SAM_VENV)/ready $(BENCH_VENV)/ready ## cold start, consolidation beside its peers, the worker page: about 15 minutes
	$(BIN)/python -m tests.benchmarks.cold_start
	$(BIN)/python -m tests.benchmarks.help
	$(BIN)/python -m tests.benchmarks.growth
	$(BIN)/python -m tests.benchmarks.portal
	$(BIN)/python -m tests.benchmarks.portal_senders
	$(BIN)/python -m tests.benchmarks.own_data
	$(BIN)/python -m tests.benchmarks.templates
	$(BENCH) tests.benchmarks.consolidation
	$(BENCH) tests.benchmarks.choices
	$(BENCH) tests.benchmarks.boxes
	$(BENCH) tests.benchmarks.spans
	$(BENCH) tests.benchmarks.worth
	$(BENCH) tests.benchmarks.speed
	$(BIN)/python -m tests.benchmarks.page

bench-full: $(VENV)/ready $(BENCH_VENV)/ready ## more samples, more answers, hostile answers: about 25 minutes
	$(BENCH) tests.benchmarks.consolidation --seeds 20 --bird-seeds 40
	$(BENCH) tests.benchmarks.speed --sizes 10000,1000000,5000000
	$(BIN)/python -m tests.benchmarks.hostile

clean: ## removes what make has made
	rm -rf $(VENV) $(SAM_VENV) $(BENCH_VENV) $(LOADERS_VENV) build infra/.aws-sam $(NODE_MODULES) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# Write the pinned requirements anew; hashes, no index lines. Needs uv (https://docs.astral.sh/uv),
# which no environment of ours brings.
pins: ## the pinned requirements anew; needs uv
	@command -v uv >/dev/null || { echo "uv is needed: https://docs.astral.sh/uv" >&2; exit 1; }
	for name in functions/requirements infra/numeric/requirements infra/local/requirements tests/requirements/dev tests/requirements/sam tests/requirements/bench tests/requirements/loaders; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--no-annotate --no-header $$name.in -o $$name.txt; \
	done
