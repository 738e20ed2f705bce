# Everything runs in .venv, made from the pinned, hashed requirements. `make help` lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# For every platform and every Python from 3.11 on; the files name no registry, so that pip's own settings decide.
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help venv demo test check format bench soak services services-stop lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

venv: $(STAMP) ## Set up .venv (another Python: make venv PYTHON=python3.12)
	@:

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Lattice Console needs Python 3.11 or newer; '$(PYTHON)' is missing or older." >&2; \
		echo "Name another one, for example: make $(or $(MAKECMDGOALS),venv) PYTHON=python3.12" >&2; \
		exit 1; }
	@echo "Setting up $(VENV) (about a minute the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: venv ## Open the console on a demonstration project
	@$(BIN)/lattice demo

test: venv ## Run every test, save the long soak; says which servers it ran against (docs/services.md)
	@$(BIN)/python -m tests.services fetch
	@$(BIN)/python -m pytest -n auto --dist worksteal tests

check: venv ## Formatting, lint, types and the walls between the rooms
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo

format: venv ## Format the code and mend what can be mended by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: venv ## Measure against the peers, printed as JSON lines
	@$(BIN)/python -m benchmarks

soak: venv ## Run the long tests, and every case of the contract on every leg
	@$(BIN)/python -m pytest -m soak --timeout 0 tests
	@LATTICE_TEST_EVERY_CASE=1 $(BIN)/python -m pytest -n auto --dist worksteal tests/contract

services: venv ## Start Postgres, Redis and Neo4j without Docker, and print their settings
	@$(BIN)/python -m tests.services start

services-stop: venv ## Stop them; the data stays
	@$(BIN)/python -m tests.services stop

lock: venv ## Compile the pins of requirements/ anew from pyproject.toml
	@$(COMPILE) --output-file requirements/runtime.txt
	@$(COMPILE) --group dev --constraints requirements/runtime.txt --output-file requirements/dev.txt

clean: ## Remove .venv and whatever was generated
	@rm -rf $(VENV) build dist .coverage htmlcov .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find . -type d -name __pycache__ -prune -exec rm -rf {} +
