# Each target installs what it needs into .venv, once, and again only when pyproject.toml changes.
# Other tools than those found: `make PYTHON=python3.12 test`; without uv: `make UV= test`.

PYTHON ?= python3
UV ?= $(shell command -v uv 2>/dev/null)
PYTEST_ARGS ?=
# One more than there are cores, since much of the time tests wait for Kafka and PostgreSQL.
WORKERS ?= $(shell expr $$(nproc) + 1)

VENV := .venv
BIN := $(VENV)/bin
# uv where there is one, because it is fast; pip does the same.
INSTALL := $(if $(UV),"$(UV)" pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)

.DEFAULT_GOAL := help
.PHONY: help setup demo kafka-demo components test lint format types check bench faults fines guarantees references clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/.test ## Install everything that running, testing and checking need

demo: $(VENV)/.runtime ## Take in eight made-up years, show the register and one certificate's story
	@$(BIN)/bonitet demo

kafka-demo: $(VENV)/.test ## The same portfolio through real Kafka and PostgreSQL, with two workers
	@$(BIN)/python -m tests.components --require >/dev/null
	@$(BIN)/python -m tests.kafka_demo

components: $(VENV)/.test ## Make Apache Kafka and PostgreSQL ready for the tests, and say what is there
	@$(BIN)/python -m tests.components

test: $(VENV)/.test components ## Run all tests and features (PYTEST_ARGS="-k name" to choose)
	@$(BIN)/python -m pytest -n $(WORKERS) $(PYTEST_ARGS)

lint: $(VENV)/.test ## Check formatting, lint rules and import contracts
	@$(BIN)/python -m ruff format --check --quiet . || { echo 'Not formatted: run make format.' >&2; exit 1; }
	@$(BIN)/python -m ruff check --quiet .
	@$(BIN)/lint-imports --no-logo

format: $(VENV)/.test ## Format the code, and mend what can be mended by itself
	@$(BIN)/python -m ruff check --fix-only --quiet .
	@$(BIN)/python -m ruff format .

types: $(VENV)/.test ## Check types, and that every match is exhaustive
	@$(BIN)/python -m mypy

check: ## Everything that a change has to pass
	@.ci/run

bench: $(VENV)/.test ## Measure, and compare with the figures that are promised
	@$(BIN)/python -m tests.bench

faults: $(VENV)/.test ## Break everything that can break while facts come in: nobody can tell in the end
	@$(BIN)/python -m tests.faults

fines: $(VENV)/.test ## Compare all 89,991 real cases with an independent count (minutes; make test takes a sample)
	@echo 'Comparing all 89,991 cases of the process log, which takes minutes ...' >&2
	@BONITET_ALL_FINES=1 $(BIN)/python -m pytest -q -n 0 -s tests/test_real_data.py -k fine

guarantees: $(VENV)/.test ## Show each guarantee with the tests that hold it
	@$(BIN)/python -m tests.guarantees

references: $(VENV)/.test ## Write the generated pages of docs/ again
	@$(BIN)/python -m adapters.references

clean: ## Remove .venv, caches and reports
	rm -rf $(VENV) .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find domain projections adapters features tests -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/.runtime: $(VENV)/.created pyproject.toml
	@echo 'Installing what bonitet needs to run ...' >&2
	@$(INSTALL) -e .
	@touch $@

# Testing needs all that running needs: .runtime is then up to date as well.
$(VENV)/.test: $(VENV)/.created pyproject.toml
	@echo 'Installing what bonitet needs to run and to be tested ...' >&2
	@$(INSTALL) -e '.[test]'
	@touch $(VENV)/.runtime $@

# A Debian without python3-venv has the module but not what it installs, and leaves half an environment behind.
$(VENV)/.created:
	@'$(PYTHON)' -c '' 2>/dev/null || { \
		echo 'bonitet needs Python 3.11 or newer, and $(PYTHON) does not run.' >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "bonitet needs Python 3.11 or newer, but $(PYTHON) is $$('$(PYTHON)' -V 2>&1)." \
			'Name a newer one: make PYTHON=python3.12' >&2; exit 1; }
	@rm -rf $(VENV)
	@'$(PYTHON)' -m venv $(VENV) >/dev/null 2>&1 \
		|| { rm -rf $(VENV); $(if $(UV),"$(UV)" venv --quiet --seed --python '$(PYTHON)' $(VENV),false); } \
		|| { rm -rf $(VENV); echo '$(PYTHON) cannot make a virtual environment.' \
			'On Debian: apt-get install python3-venv. Or install uv. Otherwise see what' \
			'$(PYTHON) -m venv $(VENV) says.' >&2; exit 1; }
	@touch $@
