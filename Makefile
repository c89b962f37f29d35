# `make run` is all a fresh machine with Python 3.11 or newer needs. Every program of the virtual
# environment is called as a module of its python: scripts break in paths with spaces.

SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip install --disable-pip-version-check --no-input --quiet
SCALE ?= 10000
ARGS ?= -n auto --dist worksteal

.PHONY: help run test lint fmt messages docs audit bench faults screenshots

help: ## List the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## /  make \1|/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

run: .venv/.installed ## Install what is missing, then serve at http://127.0.0.1:8000 (HOST, PORT)
	@exec $(PY) manage.py up

test: .venv/.installed-dev ## Run the whole suite on a throw-away PostgreSQL (ARGS="tests/runs -k sweep")
	$(PY) -m pytest $(ARGS)

lint: .venv/.installed-dev ## Check style, the import order of the rooms, migrations and Django's checks
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	@dir=$$(mktemp -d) && chmod 755 "$$dir" && trap 'rm -rf "$$dir"' EXIT && \
	export AWOOOP_DATA_DIR="$$dir" LOG_LEVEL=WARNING && \
	echo "manage.py makemigrations --check; manage.py check" && \
	$(PY) manage.py makemigrations --check --dry-run && $(PY) manage.py check --database default

screenshots: .venv/.installed-dev ## Take each page at three widths, light and dark, in each language, into screenshots/ (PICTURES="--only run")
	$(PY) -m scripts.screenshots $(PICTURES)

bench: .venv/.installed ## Measure speed and scale (SCALE=1000000, COMPARE="REV REV", KEEP=1, BENCH="--only search")
	@$(PY) -m bench --runs $(SCALE) $(if $(COMPARE),--compare $(COMPARE)) $(if $(KEEP),--keep) $(BENCH)

faults: .venv/.installed ## Kill processes at random under load and look whether anything was lost (FAULTS="--kills 50")
	@$(PY) -m scripts.faults $(FAULTS)

messages: .venv/.installed-dev ## Extract what is to be translated, compile it, name what is missing
	$(PY) -m scripts.messages

docs: .venv/.installed-dev ## Write docs/reference from the code and build docs/ into build/docs/html; a wrong link fails
	@$(PY) -m scripts.docs $(if $(EXTERNAL),--external)

audit: .venv/.installed-dev ## Look the pinned packages up in the database of known vulnerabilities (needs the network)
	$(PY) -m pip_audit --strict --requirement requirements.txt

fmt: .venv/.installed-dev ## Format the code and mend what can be mended by machine
	$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .

.venv/.installed: requirements.txt | .venv/bin/python
	@echo "Installing requirements.txt (once, about half a minute) …"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements.txt requirements-dev.txt | .venv/bin/python
	@echo "Installing requirements-dev.txt (once, about a minute) …"
	@$(PIP) -r requirements-dev.txt
	@touch .venv/.installed $@

.venv/bin/python:
	@for python in "$(PYTHON)" python3.14 python3.13 python3.12 python3.11; do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  "$$python" -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "$$python cannot make virtual environments: apt-get install python3-venv" >&2; exit 1; }; \
	  echo "Making .venv with $$("$$python" --version) …"; \
	  "$$python" -m venv --clear .venv; exit $$?; \
	done; echo "Python 3.11 or newer is needed (PYTHON=/path/to/python)." >&2; exit 1
