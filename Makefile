# Needed: Python 3.11 or later, make, a package index. Everything is set up in .venv, once.

.DEFAULT_GOAL := help
.PHONY: help install demo test test-all check lint format bench lock clean

PYTHON ?= python3.14 python3.13 python3.12 python3.11 python3 python
WORKERS ?= 3
TESTS ?= tests
# Months of data, most of the kills and of the lost answers take longer than all else together: test-all runs them too.
CHOSEN := -m "not long"

BIN := .venv/bin
INSTALLED := .venv/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
SUITABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

install: $(INSTALLED)  ## Set everything up in .venv (demo and test do so themselves)
	@echo "Everything is set up: $(BIN)/contrapartida --help"

demo: $(INSTALLED)  ## Run every integration against stand-ins of the vendors, on this machine
	@$(BIN)/contrapartida demo

test: $(INSTALLED)  ## Run the tests; TESTS=tests/cli runs those, WORKERS=2 as many at a time
	@$(BIN)/python -m pytest -n $(WORKERS) $(CHOSEN) $(TESTS)

test-all: CHOSEN :=  ## Run all tests, months of data, every kill and every lost answer too
test-all: test

check: lint test-all  ## Everything that must hold: lint, types, import rules, tests

lint: $(INSTALLED)  ## Lint, format, types and import rules, without the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(INSTALLED)  ## Format the code, and mend what the linter can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(INSTALLED)  ## Measure, side by side with plain dlt and Singer
	@$(BIN)/python -m bench

lock: $(BIN)/uv  ## Pin what pyproject.toml asks for in requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --extra dev pyproject.toml --output-file requirements.lock

clean:  ## Remove .venv and caches; data/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis bench/.peers
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing into .venv, which takes a minute or two ..."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(PIP) install --no-deps --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# A name on the path may be an empty shim or lack the parts that make a .venv: each is tried.
$(BIN)/python:
	@for python in $(PYTHON); do \
		if "$$python" -c '$(SUITABLE)' >/dev/null 2>&1; then exec "$$python" -m venv --clear .venv; fi; \
	done; \
	echo "No Python 3.11 or later that can make a .venv was found (tried: $(PYTHON))." \
		"Install one (on Debian and Ubuntu: python3 and python3-venv), or name it: make install PYTHON=/path/to/python3.12" >&2; \
	exit 1

$(BIN)/uv: | $(BIN)/python
	@$(PIP) install uv
