# Everything that is done to Koda, each in one command; `make help` lists them.
# It needs make and Python 3.11 or newer; the rest is installed in .venv from the locks.

PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
BIN := $(VENV)/bin
CODE := src tests packages $(wildcard benchmarks tools)
SANDBOX := packages/paysandbox
# Measuring coverage doubles the time of a test. These go through code that the others measure.
UNMEASURED := tests/docs tests/package tests/e2e/crash tests/e2e/family tests/e2e/flows \
	tests/e2e/histories tests/e2e/schedules tests/e2e/trips
# Part of `check`, since it takes as long as mypy.
TYPES := tests/package/test_types.py
# Containers often say that nothing is to be compiled ahead, and then each process that a test starts
# would compile all of Koda.
unexport PYTHONDONTWRITEBYTECODE
PYTEST := HYPOTHESIS_PROFILE=ci $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile \
	--ignore=$(TYPES)
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock" \
	--no-emit-package paysandbox pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help run test pythons lowest check format-check lint types public-types layers docs unit soak bench \
	tested debian format lock clean
.DELETE_ON_ERROR:

help:  ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 16

run: $(VENV)/.run  ## serve the marketplace with sample listings at http://127.0.0.1:8000
	@exec $(BIN)/koda serve --samples

test:  ## check everything, run every test and the coverage gates, and say how long it took
	@begun=$$(date +%s); $(MAKE) --no-print-directory tested \
		&& echo "make test took $$(( $$(date +%s) - begun )) seconds"

tested: $(VENV)/.dev debian
	@$(MAKE) --no-print-directory --jobs $(WORKERS) check
	$(PYTEST) $(UNMEASURED)
	@rm -f .coverage .coverage.*
	$(PYTEST) $(UNMEASURED:%=--ignore=%) --cov --cov-report=
	$(call gate,100,src/koda/domain/*$(comma)src/koda/ports/*$(comma)src/koda/adapters/*)
	$(call gate,95,src/koda/entrypoints/*$(comma)$(SANDBOX)/src/*$(comma)src/koda/testing/*)

pythons: $(VENV)/.dev  ## try every other supported Python found here, each with its oldest pip
	$(BIN)/python -m tools.pythons

lowest: $(VENV)/.dev  ## test with the lowest versions that the metadata allows
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/lowest
	VIRTUAL_ENV=$(VENV)/lowest $(BIN)/uv pip install --quiet --resolution lowest-direct \
		-e $(SANDBOX) -e '.[all]' --group dev
	HYPOTHESIS_PROFILE=ci $(VENV)/lowest/bin/python -m pytest -q -n $(WORKERS) --dist loadfile \
		tests/unit tests/contract -k "unit or memory or sqlite"

check: format-check lint types public-types layers docs  ## format, lint, types, layers, documents

format-check: $(VENV)/.dev
	$(BIN)/ruff format --check $(CODE)

lint: $(VENV)/.dev
	$(BIN)/ruff check $(CODE)

types: $(VENV)/.dev
	$(BIN)/mypy $(CODE)

public-types: $(VENV)/.dev
	$(BIN)/python -m pytest -q $(TYPES)

layers: $(VENV)/.dev
	$(BIN)/lint-imports --no-logo

docs: $(VENV)/.dev  ## links lead somewhere, every block is run or opted out
	$(BIN)/python -m pytest -q tests/docs/test_links.py tests/docs/test_accounted.py

unit: $(VENV)/.dev  ## the unit ring alone, without any server
	HYPOTHESIS_PROFILE=ci $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile tests/unit

soak: $(VENV)/.dev  ## try every amount, then play histories for SOAK_SECONDS (600) from SOAK_SEED on
	$(BIN)/python -m tests.soak.fees
	$(BIN)/python -m tests.soak

bench: $(VENV)/.dev  ## measure, and print ratios and absolute figures
	$(BIN)/python -m benchmarks

format: $(VENV)/.dev  ## format the code and apply the safe fixes of the linter
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

lock: $(VENV)/.dev  ## resolve the dependencies again (UPGRADE=--upgrade for newer ones)
	$(LOCK) $(UPGRADE) --extra all --group dev --output-file requirements/dev.txt
	$(LOCK) $(UPGRADE) --extra embedded --group build \
		--constraint requirements/dev.txt --output-file requirements/run.txt

clean:  ## remove what was made here, the virtual environment included
	rm -rf $(VENV) build dist .coverage .coverage.* .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	find src tests packages $(wildcard benchmarks tools) -name __pycache__ -prune -exec rm -rf {} +

# The browser tests drive Debian's chromium, and one test starts its nginx. Where they cannot be had
# these tests are skipped, saying so; in CI they fail.
debian:
	@PATH="$$PATH:/usr/sbin"; missing=""; \
	{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null \
		|| missing="chromium"; \
	command -v nginx >/dev/null || missing="$$missing nginx-light"; \
	if [ -z "$$missing" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Debian's packages for the tests: $$missing"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends $$missing >/dev/null; } \
		|| echo "They could not be installed: the tests that need them will not run"; \
	else \
		echo "These are not here, and the tests that need them will not run: $$missing"; \
	fi

# A virtual environment is used again until a lock or the package's own metadata changes.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Koda needs Python 3.11 or newer, and '$(PYTHON)' is not: name another one," \
			"as in 'make PYTHON=python3.12 $(MAKECMDGOALS)'" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml $(SANDBOX)/pyproject.toml | $(VENV)/bin/python
	$(call install,$<)

$(VENV)/.dev: requirements/dev.txt pyproject.toml $(SANDBOX)/pyproject.toml | $(VENV)/bin/python
	$(call install,$<)

comma := ,

# install FILE: what is locked, then the sandbox and Koda from their source trees, without network.
define install
@echo "Installing $(1)"
@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	--require-hashes -r $(1)
@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps \
	--no-build-isolation -e $(SANDBOX) -e .
@touch $@
endef

# gate PERCENT,FILES: silent when enough is covered, else what is missing.
define gate
@$(BIN)/coverage report --include='$(2)' --fail-under=$(1) --precision=2 >$(VENV)/coverage.txt \
	|| { cat $(VENV)/coverage.txt; echo "These must be covered to $(1) %"; exit 1; }
endef
