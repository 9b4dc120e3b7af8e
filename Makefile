# Everything a person or a machine does with this checkout. Each target sets itself up in .venv.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
HOTSPOTS := $(VENV)/bin/hotspots
EXTRACTS := build/duinstad
DEMO := build/demo
# The day on which the demo lives: its files and its register end with January 2026.
DEMO_DAY ?= 2026-01-31
LEVELS := municipality stadsdeel wijk buurt service-area
YEARS := 2019 2020 2021 2022 2023 2024 2024_correctie 2025
ROUNDS := 2022-H1 2022-H2 2023-H1 2023-H2 2024-H1 2024-H2 2025-H1 2025-H2
# Quarantined rows are kept in the workspace; the demo shows their number and logs their reasons.
ingest = $(HOTSPOTS) ingest $(1) --workspace $(DEMO) 2>>$(DEMO).log \
    || { tail -n 5 $(DEMO).log >&2; exit 1; }
POLICE := --mapping $(EXTRACTS)/politie.toml --categories $(EXTRACTS)/categorieen.csv
REPORTS := --mapping $(EXTRACTS)/meldpunt.toml --categories $(EXTRACTS)/categorieen_meldingen.csv
# What tests need beyond Python, as command:package of Debian, or file:package.
SERVICES := chromium:chromium soffice:libreoffice-writer-nogui \
    /usr/share/postgresql/*/extension/postgis.control:postgresql-postgis
# The pages that the README shows, as file=role:path; and the port they are served on meanwhile.
SHOTS := overview=triangle:/ cameras=planner:/cameras register=mayor_office:/register \
    monitor=vlo:/monitor deliveries=analyst:/leveringen public=public:/openbaar
SHOT_PORT := 8765
SHOT_HOST := http://127.0.0.1:$(SHOT_PORT)

# A stamp is named after the content of its lock: a changed lock is a stamp that is not there yet.
stamp = $(VENV)/.ready-$(1)-$(shell cat $(2) pyproject.toml | cksum | tr ' ' '-')
RUNTIME := $(call stamp,runtime,requirements.lock)
DEV := $(call stamp,dev,requirements-dev.lock)
BENCH := $(call stamp,bench,requirements-bench.lock)
NODE := $(call stamp,node,tests/node/package-lock.json)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run demo setup test lint format bench services lock audit image screenshots clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  Variables: PYTHON=$(PYTHON)  PORT=$(PORT)"

run: demo ## Prepare the demo city, analyse it and serve it on http://127.0.0.1:8000
	@HOTSPOTS_POLICY=$(CURDIR)/$(EXTRACTS)/beleid.toml HOTSPOTS_DEMO_DAY=$(DEMO_DAY) \
	    $(HOTSPOTS) serve --workspace $(DEMO) --port $(PORT)

demo: $(RUNTIME) ## The same without serving: build/demo is a workspace with a finished run
	@$(PY) -m data.duinstad --to $(EXTRACTS)
	@test -f $(DEMO)/workspace.json || $(HOTSPOTS) init $(DEMO) --name Duinstad --demo
	@for level in $(LEVELS); do \
	    $(call ingest,areas $(EXTRACTS)/gebieden.gpkg --level $$level); \
	done
	@$(call ingest,built-up $(EXTRACTS)/bebouwde_kom.gpkg)
	@$(call ingest,dwellings $(EXTRACTS)/adressen.parquet)
	@for area in buurt_maand.csv.gz verzorgingsgebied_maand.csv; do \
	    $(call ingest,counts $(EXTRACTS)/aantallen_per_$$area $(POLICE)); \
	done
	@for year in $(YEARS); do \
	    $(call ingest,incidents $(EXTRACTS)/incidenten_$$year.csv $(POLICE)); \
	done
	@for year in $(filter-out %correctie,$(YEARS)); do \
	    $(call ingest,incidents $(EXTRACTS)/meldingen_$$year.csv $(REPORTS)); \
	done
	@for round in $(ROUNDS); do \
	    $(call ingest,groups $(EXTRACTS)/groepsscan_$$round.gpkg); \
	done
	@$(call ingest,events $(EXTRACTS)/evenementen.csv)
	@$(call ingest,streets $(EXTRACTS)/straten.gpkg)
	@$(call ingest,buildings $(EXTRACTS)/gebouwen.gpkg)
	@$(call ingest,public-space $(EXTRACTS)/openbare_ruimte.gpkg)
	@$(call ingest,sites $(EXTRACTS)/palen.gpkg)
	@$(call ingest,cameras $(EXTRACTS)/cameras.gpkg)
	@$(HOTSPOTS) run --workspace $(DEMO) --policy $(EXTRACTS)/beleid.toml
	@$(PY) -m data.duinstad.decided --workspace $(DEMO) --extracts $(EXTRACTS)
	@$(HOTSPOTS) cameras plan --workspace $(DEMO) --policy $(EXTRACTS)/beleid.toml \
	    --area $(EXTRACTS)/cameragebieden.gpkg --budget 22
	@$(HOTSPOTS) bans review --workspace $(DEMO) --policy $(EXTRACTS)/beleid.toml
	@$(HOTSPOTS) bans propose --workspace $(DEMO) --policy $(EXTRACTS)/beleid.toml

setup: $(DEV) ## Install everything that development needs into .venv

# One worker more than cores, for tests wait for servers and browsers as much as they compute; a
# file stays with one worker, which builds what its tests share once, and what takes longest begins
# first (tests/conftest.py).
test: $(DEV) $(NODE) services ## Run the whole test suite
	@$(PY) -m pytest --numprocesses $$(($$(getconf _NPROCESSORS_ONLN) + 1)) \
	    --dist loadscope --no-loadscope-reorder

lint: $(DEV) ## Check style, types and the direction of imports
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-logo
	@! grep -nE '^-|://' requirements*.lock

format: $(DEV) ## Lay the code out and mend what can be mended
	@$(PY) -m ruff check --fix --show-fixes
	@$(PY) -m ruff format

bench: $(BENCH) ## Time our methods against others: one table, and build/bench.json
	@$(PY) -m tests.bench

services: ## Install what the tests need beyond Python (as root), or say what to install
	@missing=; for pair in $(SERVICES); do \
	    command -v $${pair%%:*} >/dev/null || ls $${pair%%:*} >/dev/null 2>&1 \
	        || missing="$$missing $${pair##*:}"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	    echo "Missing:$$missing. The tests that need it are skipped." >&2; \
	    echo "Install it with: sudo apt-get install --no-install-recommends$$missing" >&2; \
	    exit 0; \
	fi; \
	echo "Installing$$missing"; \
	export DEBIAN_FRONTEND=noninteractive; \
	{ apt-get update -qq && apt-get install -qq -y --no-install-recommends $$missing >/dev/null; } \
	    || { echo "Could not install$$missing" >&2; test -z "$$HOTSPOTS_REQUIRE_SERVICES"; }

# uv resolves once for every platform and Python that the project names; it reads no local
# configuration here, so the locks hold what the public index serves and no address.
COMPILE := $(VENV)/bin/uv pip compile --no-config --universal --python-version 3.11 \
    --fork-strategy fewest --generate-hashes --no-header --quiet --group build pyproject.toml

lock: ## Renew the three locks (UPGRADE=--upgrade takes the newest versions)
	@test -x $(VENV)/bin/uv || $(MAKE) --no-print-directory setup
	@$(COMPILE) $(UPGRADE) --extra metrics -o requirements.lock
	@$(COMPILE) $(UPGRADE) --extra dev -c requirements.lock -o requirements-dev.lock
	@$(COMPILE) $(UPGRADE) --extra dev --extra bench -c requirements-dev.lock \
	    -o requirements-bench.lock

audit: $(DEV) ## Fail when a locked library has a known vulnerability, or it cannot be asked
	@$(VENV)/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes \
	    -r requirements.lock 2>$(VENV)/audit.log || { tail -n 1 $(VENV)/audit.log >&2; exit 1; }

# buildah makes the same image without a daemon: make image BUILDER='buildah bud --format docker'
BUILDER ?= docker build
IMAGE ?= hotspots
image: ## Build the container image (BUILDER, IMAGE, IMAGE_OPTIONS)
	@$(BUILDER) $(IMAGE_OPTIONS) --tag $(IMAGE) .

screenshots: demo services $(DEV) ## Photograph the pages with Chromium into docs/
	@mkdir -p docs; HOTSPOTS_POLICY=$(CURDIR)/$(EXTRACTS)/beleid.toml HOTSPOTS_DEMO_DAY=$(DEMO_DAY) \
	    $(HOTSPOTS) serve --workspace $(DEMO) --port $(SHOT_PORT) & server=$$!; \
	trap 'kill $$server; wait $$server' EXIT; \
	until $(PY) -c 'from urllib.request import urlopen as u; u("$(SHOT_HOST)/health")' 2>/dev/null; \
	    do kill -0 $$server || exit 1; sleep 0.3; done; \
	$(PY) tests/browser/photograph.py $(SHOT_HOST) docs $(SHOTS)

clean: ## Remove what was built, the set-up included
	rm -rf build dist $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

# ---------------------------------------------------------------- set-up
$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "hotspots needs Python 3.11 or newer; $(PYTHON) is older or absent." >&2; \
	    echo "Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "$(PYTHON) cannot make a virtual environment." >&2; \
	    echo "On Debian: sudo apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv --without-pip $(VENV)

# $(1): the lock, $(2): the stamps it satisfies (each lock holds the ones before it).
define install
@echo "Setting up $(VENV) from $(1) (once; a minute or two)"
@rm -f $(VENV)/.ready-*
@$(PY) -m ensurepip --upgrade --default-pip >/dev/null
@test -t 1 || quiet=-q; $(PY) -m pip install $$quiet --disable-pip-version-check \
    --require-hashes --only-binary :all: -r $(1)
@$(PY) -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
@touch $(2)
endef

$(RUNTIME): | $(PY)
	$(call install,requirements.lock,$(RUNTIME))

$(DEV): | $(PY)
	$(call install,requirements-dev.lock,$(RUNTIME) $(DEV))

$(BENCH): | $(PY)
	$(call install,requirements-bench.lock,$(RUNTIME) $(DEV) $(BENCH))

# The linter of the API's description; node and npm come with the dev lock. It trusts whom the
# system trusts, as pip does. Without it the one test that needs it is skipped, and says so.
$(NODE): tests/node/package.json tests/node/package-lock.json | $(DEV)
	@echo "Setting up $(VENV)/node from tests/node/package-lock.json"
	@mkdir -p $(VENV)/node && cp $^ $(VENV)/node
	@cd $(VENV)/node && PATH="$(CURDIR)/$(VENV)/bin:$$PATH" \
	    NODE_OPTIONS=--use-system-ca timeout 180 \
	    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null \
	    && touch $(CURDIR)/$@ || echo "Could not set up $(VENV)/node" >&2
