# Two commands matter: `make demo` and `make test`. Both install what they need first, from the lock.
# Needed on the machine: Python >= 3.11, git, make. uv is used when it is on the PATH, and brought along otherwise.

VENV       := .venv
BIN        := $(VENV)/bin
STAMP      := $(VENV)/.installed
UV_VERSION := 0.13.9
WORKERS    ?= auto

export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_LINK_MODE ?= copy
# Compiled once, here: otherwise the first demo would wait for it, and every run where bytecode is not written.
export UV_COMPILE_BYTECODE ?= 1
# What the tests start a dozen times, servers and workers, is compiled once, whatever the machine's habit.
export PYTHONDONTWRITEBYTECODE :=

# The first Python that is new enough and really starts: shims of a version manager may exist and still fail.
# Called as $(find_python) inside a recipe; prints nothing when there is none.
IS_NEW_ENOUGH := import sys; raise SystemExit(sys.version_info < (3, 11))
find_python = $$(for python in python3.13 python3.12 python3.11 python3 python; do \
	"$$python" -c '$(IS_NEW_ENOUGH)' >/dev/null 2>&1 && echo "$$python" && break; done)

.PHONY: help install demo test tests lint style types theory bench screenshots soak lock clean chromium browser

help:
	@echo 'make demo     a simulated day in seconds, a result table, and a page with the map'
	@echo 'make test     style, types, import contracts and all tests'
	@echo 'make lint     style, types and import contracts only'
	@echo 'make theory   the engine against closed forms, to within 1 %'
	@echo 'make bench    speed, beside the floor'
	@echo 'make screenshots  pictures of every page, in both languages, into docs/'
	@echo 'make soak     what was acknowledged survives 200 kills'
	@echo 'make lock     resolve the dependencies anew'
	@echo 'make clean    remove the environment and all caches'

install: $(STAMP)

demo: $(STAMP)
	$(BIN)/gridtwin demo

# First what keeps every core busy. Then the browser, which draws in software and keeps one busy: it waits for whoever
# else is at work, so the check of types beside it takes only what it leaves over (nice); both are told about even where
# one fails.
test: style chromium
	@$(MAKE) --no-print-directory tests
	@$(MAKE) --no-print-directory --jobs 2 --keep-going NICE='nice -n 19' browser types

tests: $(STAMP)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --ignore tests/browser

browser: $(STAMP)
	$(BIN)/pytest tests/browser

lint: style types

style: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: $(STAMP)
	$(NICE) $(BIN)/mypy

theory: $(STAMP)
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --timeout 3600 --precise tests/theory

bench: $(STAMP)
	$(BIN)/python -m benchmarks

screenshots: $(STAMP) chromium
	$(BIN)/python -m tests.browser.screenshots

soak: $(STAMP)
	$(BIN)/python -m tests.soak.kills --n 200

lock:
	@if command -v uv >/dev/null 2>&1; then uv lock --upgrade; else $(BIN)/uv lock --upgrade; fi

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# The last line compiles the search kernels, so that the first run is as fast as the second.
$(STAMP): pyproject.toml uv.lock
	@python="$(find_python)"; \
	if command -v uv >/dev/null 2>&1; then \
		uv sync --locked $${python:+--python "$$python"}; \
	elif [ -z "$$python" ]; then \
		echo 'gridtwin needs Python 3.11 or newer: none was found on the PATH.' >&2; exit 1; \
	else \
		$(BIN)/python -c '$(IS_NEW_ENOUGH)' >/dev/null 2>&1 || "$$python" -m venv --clear $(VENV) || { \
			echo "$$python cannot make a virtual environment (Debian and Ubuntu: apt-get install python3-venv)." >&2; \
			exit 1; }; \
		$(BIN)/uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet 'uv==$(UV_VERSION)' || exit 1; \
		$(BIN)/uv sync --locked --python $(BIN)/python; \
	fi
	$(BIN)/gridtwin warm
	@touch $@

# The browser tests drive a real Chromium: Debian's own, or whatever $$CHROMIUM names.
chromium:
	@for name in "$$CHROMIUM" chromium chromium-browser google-chrome; do \
		if [ -n "$$name" ] && command -v "$$name" >/dev/null 2>&1; then exit 0; fi; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo 'installing Chromium for the browser tests'; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null; \
	else \
		echo 'No Chromium found. Install it (Debian: sudo apt-get install chromium) or set CHROMIUM to its path.' >&2; \
		exit 1; \
	fi
