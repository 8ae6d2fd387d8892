# Two commands are all a newcomer needs: `make demo` and `make test`. Both set up .venv by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test check docs bench bench-scale clean

demo: $(STAMP)
	$(BIN)/minecop demo

test: check
	$(BIN)/python -m pytest

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The reference of all commands, made of their help.
docs: $(STAMP)
	$(BIN)/python -m minecop.cli.reference docs/reference.md

bench: $(STAMP)
	$(BIN)/python -m pytest tests/benchmarks -s -o addopts= -o python_files='bench_*.py'

# Up to 700,000 posts: make bench-scale SIZES="1000 10000 100000 700000"
SIZES ?= 1000 10000 100000
bench-scale: $(STAMP)
	$(BIN)/python -m tests.benchmarks.bench_scale $(SIZES)

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache build dist

# Rebuilt only when what is to be installed has changed; code itself is used in place.
$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $(STAMP)
