# Everything there is to type: `make run` and `make test`. Needs Python 3.11 or newer and make; the rest is fetched
# once (pinned, with checksums), and again only when what it is made from has changed.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
export PIP_DISABLE_PIP_VERSION_CHECK := 1

VENV := .venv
PY := $(VENV)/bin/python
# Wheels only: no compiler is needed, and a package that would need one is refused by name.
INSTALL := $(PY) -m pip install -qq --require-hashes --only-binary :all: -r
# Our own environment first: it holds Node where the machine has none.
WITH_NODE := PATH="$(CURDIR)/$(VENV)/bin:$$PATH"
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo $$python; break; }; done)

CATALOGUES := $(wildcard portal/translations/*/LC_MESSAGES/messages.po)
ASSET_SOURCES := $(shell find portal/assets -type f 2>/dev/null)

.PHONY: help run test lint lock build assets postgres browser scanner translations reset clean

help:
	@echo "make run           the whole portal with fictional people, at http://localhost:8000 (PORT=8001 make run)"
	@echo "make test          every test, the journeys in a real browser among them"
	@echo "make lint          formatting, types and the rules of the architecture"
	@echo "make translations  bring the Welsh catalogue up to date with the pages, and compile it"
	@echo "make reset         forget the data of make run"
	@echo "make clean         remove what was fetched and built"

run: $(VENV)/.runtime build
	@test -n "$$DATABASE_URL" || $(MAKE) postgres
	@exec $(PY) -P -m portal.cli demo

test: $(VENV)/.dev build postgres browser scanner
	$(PY) -P -m pytest -n 2 $(PYTEST_ARGS)

lint: $(VENV)/.dev
	$(PY) -P -m ruff check .
	$(PY) -P -m ruff format --check .
	$(PY) -P -m mypy
	$(VENV)/bin/lint-imports

build: assets $(CATALOGUES:.po=.mo)

assets: portal/static/manifest.json

# --- Python -----------------------------------------------------------------------------------------------------

$(PY):
	@test -n "$(PYTHON)" || { \
		echo "Python 3.11 or newer is needed, with its venv module (Debian: apt-get install python3-venv)."; \
		echo "If it has an unusual name: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; } >&2
	@echo "Making the virtual environment ($(PYTHON))"
	@$(PYTHON) -m venv $(VENV)

# The checkout is put on the path as it stands: nothing has to be built or fetched for that.
define LINK
$(PY) -c 'import pathlib, sysconfig; \
	pathlib.Path(sysconfig.get_path("purelib"), "portal-checkout.pth").write_text("$(CURDIR)\n")'
@printf '#!/bin/sh\nexec "%s" -P -m portal.cli "$$@"\n' "$(CURDIR)/$(PY)" > $(VENV)/bin/portal
@chmod +x $(VENV)/bin/portal
endef

$(VENV)/.runtime: requirements/runtime.txt | $(PY)
	@echo "Installing the Python packages (once)"
	@$(INSTALL) $<
	@$(LINK)
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(PY)
	@echo "Installing the Python packages and the tools for tests (once)"
	@$(INSTALL) $<
	@$(LINK)
	@touch $@ $(VENV)/.runtime

# --- Front end --------------------------------------------------------------------------------------------------

$(VENV)/.node: requirements/node.txt | $(PY)
	@if node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' >/dev/null 2>&1 \
		&& npm --version >/dev/null 2>&1; then :; \
	else echo "No Node 18 or newer here: installing one into $(VENV) (once)"; $(INSTALL) $<; fi
	@touch $@

node_modules/.installed: package-lock.json package.json | $(VENV)/.node
	@echo "Installing what the front-end assets are built from (once)"
	@$(WITH_NODE) npm ci --silent
	@touch $@

portal/static/manifest.json: node_modules/.installed $(ASSET_SOURCES)
	@echo "Building the front-end assets"
	@$(WITH_NODE) npm run --silent build
	@touch $@

# --- Translations -----------------------------------------------------------------------------------------------

%.mo: %.po | $(VENV)/.runtime
	@$(PY) -P -m babel.messages.frontend --quiet compile --input-file $< --output-file $@ \
		--locale $(notdir $(patsubst %/,%,$(dir $(patsubst %/,%,$(dir $<)))))

translations: $(VENV)/.runtime
	@mkdir -p var
	$(PY) -P -m babel.messages.frontend extract --mapping-file babel.cfg --no-location --sort-output \
		--keyword _l --keyword words:2 --output-file var/messages.pot .
	$(PY) -P -m babel.messages.frontend update --input-file var/messages.pot --output-dir portal/translations \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	$(MAKE) build

# --- PostgreSQL, the browser and the scanner ---------------------------------------------------------------------------------

postgres: $(VENV)/.runtime
	@$(PY) -P -m portal.cli.binaries || { \
		echo "Installing one into $(VENV), for development only (once)"; \
		$(INSTALL) requirements/postgres.txt && $(PY) -P -m portal.cli.binaries; }

browser: $(VENV)/.dev
	@$(PY) -P -m portal.cli browser

scanner: $(VENV)/.dev
	@$(PY) -P -m portal.cli scanner

# --- Pins -------------------------------------------------------------------------------------------------------

# Writes requirements/ from pyproject.toml: exact, with checksums, without a package host. For whoever changes a pin.
UV := $(VENV)/bin/uv
LOCK := $(UV) pip compile -q pyproject.toml --python-version 3.11 --universal --generate-hashes --no-header --no-annotate
lock: $(VENV)/.dev
	$(LOCK) -o requirements/runtime.txt
	$(LOCK) --group dev -o requirements/dev.txt
	$(UV) pip compile -q --group node --python-version 3.11 --universal --generate-hashes --no-header --no-annotate \
		-o requirements/node.txt

# --- Tidying ----------------------------------------------------------------------------------------------------

reset:
	@if test -x $(VENV)/bin/portal; then $(PY) -P -m portal.cli demo --forget; else rm -rf var; fi

clean:
	rm -rf $(VENV) node_modules portal/static
