# Everything a person or a machine does with this checkout. `make help` lists it.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PORT ?= 8000
ARGS ?=
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
	>/dev/null 2>&1 && echo $$python && break; done)

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --no-input
CODE := config models schemas service jobs tests fengqiao.py
# What a module makes once is made once: a file stays on one worker, in the order they come in.
# One more than the two processors of the gate: a browser and a program that starts are waited for.
WORKERS := -n 3 --dist loadfile --no-loadscope-reorder
JUST_RUN := --ignore=tests/models/test_migrations.py
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate --no-emit-index-url --no-emit-find-links --group build

# kept once: every program that a test starts would compile all our modules again
unexport PYTHONDONTWRITEBYTECODE

# the tests read Word files with lxml; the service has none, and writes its workbooks without it
export OPENPYXL_LXML := False

.PHONY: help run setup test check deep format lint types imports migrations revision handbook lock browser

help: ## list these targets
	@sed -nE 's/^([a-z]+):.*## (.*)$$/\1\t\2/p' Makefile | expand -t 14

run: .venv/.run ## set up what the service needs and start the demo (PORT=8000)
	@exec $(BIN)/fengqiao demo --port $(PORT)

setup: .venv/.all ## build the environment that run, test and check use

test: .venv/.all browser ## run the whole suite on SQLite and PostgreSQL (ARGS="-n 2")
	@$(BIN)/pytest $(ARGS)

check: .venv/.all ## every gate, then the whole suite
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target format lint types imports migrations
	@$(MAKE) --no-print-directory test ARGS="$(or $(ARGS),$(WORKERS)) $(JUST_RUN)"

deep: .venv/.all browser ## the long tests as well
	@$(BIN)/pytest -m "" $(ARGS)

format: .venv/.all ## is every file formatted?
	@$(BIN)/ruff format --check .

lint: .venv/.all ## is every line lint-free?
	@$(BIN)/ruff check .

types: .venv/.all ## do the types hold?
	@$(BIN)/mypy $(CODE)

imports: .venv/.all ## do the layers hold?
	@$(BIN)/lint-imports

migrations: .venv/.all ## do the migrations make the tables of the models, up and down?
	@$(BIN)/pytest -q tests/models/test_migrations.py

revision: .venv/.all ## write a migration for what the tables have gained: MESSAGE="what it adds"
	@$(BIN)/python -m models.migrate "$(MESSAGE)"
	@$(BIN)/ruff format --quiet models/migrations/versions
	@$(BIN)/ruff check --quiet --fix models/migrations/versions

handbook: .venv/.all browser ## take the pictures of docs/handbook.zh.md from a fresh demo
	@$(BIN)/python -m tests.handbook

lock: ## make the lock files anew from pyproject.toml (needs uv)
	$(COMPILE) --group dev -o requirements.lock pyproject.toml
	$(COMPILE) -c requirements.lock -o requirements-run.lock pyproject.toml

# Two stamps: the service alone needs half of what the tests need, and a first `make run` is a wait.
.venv/.run: requirements-run.lock pyproject.toml | .venv/bin/python
	@if [ ! .venv/.all -nt requirements.lock ] || [ ! .venv/.all -nt pyproject.toml ]; then \
		echo "setting up what the service needs ..."; \
		$(PIP) install --require-hashes -r requirements-run.lock; \
		$(PIP) install --no-index --no-deps --no-build-isolation -e .; fi
	@touch $@

.venv/.all: requirements.lock pyproject.toml | .venv/bin/python
	@echo "setting up what the tests need ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-index --no-deps --no-build-isolation -e .
	@touch $@

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "install Python 3.11 or later with its venv module" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

browser:
	@missing=""; \
	command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null \
		|| missing="chromium"; \
	{ fc-list :lang=zh 2>/dev/null || true; } | grep -q . || missing="$$missing fonts-noto-cjk"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "install these Debian packages to run the browser tests: $$missing" >&2; exit 1; fi; \
	export DEBIAN_FRONTEND=noninteractive; \
	echo "installing $$missing ..."; \
	apt-get -qq update && apt-get -qq -y --no-install-recommends install fontconfig $$missing >/dev/null
