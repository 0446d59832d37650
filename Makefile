# Every target does its own set-up: Python 3.11, git and make are all it needs.
# `make` alone lists the targets. PYTHON=/path/to/python chooses the interpreter of .venv.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench lock clean

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CODE := $(wildcard src examples benchmarks tests scripts)
TYPED := $(wildcard src examples benchmarks)
export PYTHON
# The demo's script and the tests call `interlock` and `python` by name, hundreds of times: compiled
# files are kept even where the machine says otherwise, or each start compiles thousands anew.
RUN := PATH="$(CURDIR)/$(BIN):$$PATH" VIRTUAL_ENV="$(CURDIR)/$(VENV)" PYTHONDONTWRITEBYTECODE=

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv with every package pinned by hash

$(STAMP): requirements.lock pyproject.toml scripts/setup.sh
	@bash scripts/setup.sh
	@touch $@

demo: $(STAMP) ## run a folder of invoices through the accounts-payable contract
	@$(RUN) bash examples/accounts_payable/demo.sh

test: $(STAMP) ## run all tests, on SQLite and on PostgreSQL and in a browser where they are installed
	@bash scripts/postgres.sh
	@bash scripts/browser.sh
	@$(RUN) python -m pytest -n 2 --dist loadscope $(ARGS)

check: $(STAMP) ## format, lint, types and layers
	@$(RUN) ruff format --check $(CODE)
	@$(RUN) ruff check $(CODE)
	@$(RUN) mypy $(TYPED)
	@$(RUN) lint-imports --no-logo

bench: $(STAMP) ## measure speed on both databases, beside bare DBOS
	@bash scripts/postgres.sh
	@$(RUN) python -m benchmarks $(ARGS)

lock: $(STAMP) ## pin every dependency again, with hashes (UPGRADE=1 takes the newest)
	@$(RUN) uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --quiet \
		--custom-compile-command "make lock" \
		$(if $(UPGRADE),--upgrade) --output-file requirements.lock

clean: ## remove what set-up and runs have made
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
