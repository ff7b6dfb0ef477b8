# `make install demo` is all it takes; everything else is for those who change the code.
PYTHON ?= python3
PYTEST_ARGS ?=
UPGRADE ?=
BIN := .venv/bin
HOST_TOOLS := git faketime npm openssl tesseract-ocr tesseract-ocr-swe

.PHONY: install demo test test-long check docs lock host-tools

install: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed: make install PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --require-hashes -r requirements.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

demo: install
	@$(BIN)/python -m examples.demo

test: install
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

# The same tests with larger N, and all the time they need.
test-long: install
	@ARENDE_LONG=1 $(BIN)/pytest --timeout=0 $(PYTEST_ARGS)

check: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python docs/generate.py --check
	$(BIN)/arende --config config.toml workflow check

docs: install
	$(BIN)/python docs/generate.py

# Keeps the pins that still fit; `make lock UPGRADE=--upgrade` takes the newest.
lock:
	@set -e; tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; \
	$(PYTHON) -m venv "$$tmp"; "$$tmp/bin/pip" install -q uv==0.13.9; \
	UV_NO_CONFIG=1 "$$tmp/bin/uv" pip compile -q --universal --python-version 3.11 --group dev \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	  $(UPGRADE) -o requirements.lock pyproject.toml

# Programs that pip cannot bring.
host-tools:
	@missing=; for tool in $(HOST_TOOLS); do \
	  case $$tool in \
	    tesseract-ocr) command -v tesseract ;; \
	    tesseract-ocr-*) tesseract --list-langs 2>&1 | grep -x "$${tool##*-}" ;; \
	    *) command -v $$tool ;; \
	  esac >/dev/null || missing="$$missing $$tool"; \
	done; \
	if [ -z "$$missing" ]; then echo "host-tools: nothing missing"; \
	elif [ "$$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then \
	  echo "host-tools: please install$$missing"; \
	else apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing; fi
