# Two commands: `make demo` shows the main job end to end, `make test` runs every check. Both set up .venv first.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready
READY_ALL := .venv/.ready-all
READY_DOCS := .venv/.ready-docs
READY_BENCH := .venv/.ready-bench
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable
PYTEST := $(BIN)/pytest --numprocesses auto --dist worksteal

unexport PYTHONDONTWRITEBYTECODE # tests start hundreds of processes, which would compile offkey anew each
.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint types unit coverage hostile docs notebooks pictures bench clean

help:
	@echo "make demo    set up .venv and run the two-minute tour into demo-out/"
	@echo "make test    set up .venv and run lint, types and the whole test suite"
	@echo "make check ROOM=detectors"
	@echo "             lint, types and the tests of one room (a folder of src/offkey), most in seconds"
	@echo "make coverage"
	@echo "             the test suite again, slower; prints the lines that no test reaches"
	@echo "make docs    build the site of the documentation into site/; open site/index.html"
	@echo "make notebooks"
	@echo "             execute the notebooks of the documentation and store their outputs"
	@echo "make pictures"
	@echo "             take the pictures of pages that README.md shows, by chromium"
	@echo "make hostile read 2,000 damaged files of every kind, other ones each day"
	@echo "make bench   measure speed beside peers; prints ratios"
	@echo "make clean   remove .venv and what the commands above wrote"

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "offkey needs Python 3.11 or later; set PYTHON=")'
	$(PYTHON) -m venv .venv
	$(INSTALL) '.[web,experiments]' # what the examples of README.md need
	touch $@

$(READY_ALL): $(READY)
	$(INSTALL) '.[dev]'
	touch $@

$(READY_DOCS): $(READY)
	$(INSTALL) '.[docs]'
	touch $@

$(READY_BENCH): $(READY)
	$(INSTALL) '.[bench]'
	touch $@

setup: $(READY_ALL)

demo: $(READY)
	rm -rf demo-out
	$(BIN)/offkey demo --out demo-out

test: lint types unit

ROOM_CODE = $(wildcard src/offkey/$(ROOM) src/offkey/$(ROOM).py)
ROOM_TESTS = $(wildcard tests/$(ROOM) tests/test_$(ROOM).py)

check: $(READY_ALL)
	$(if $(and $(ROOM),$(ROOM_CODE)),,$(error make check needs a room, one of: $(notdir $(wildcard src/offkey/*/)) - such as make check ROOM=detectors))
	$(BIN)/ruff check $(ROOM_CODE) $(ROOM_TESTS)
	$(BIN)/ruff format --check $(ROOM_CODE) $(ROOM_TESTS)
	$(BIN)/mypy $(ROOM_CODE)
	$(PYTEST) --quiet $(ROOM_TESTS) tests/test_architecture.py

lint: $(READY_ALL)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY_ALL)
	$(BIN)/mypy

unit: $(READY_ALL)
	$(PYTEST)

coverage: $(READY_ALL)
	$(PYTEST) --cov --cov-report term-missing:skip-covered

hostile: $(READY_ALL)
	OFFKEY_HOSTILE=2000 $(BIN)/pytest tests/hostile

docs: $(READY_DOCS)
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet --builder html docs site
	rm -rf jupyter_execute # what the reader of notebooks leaves beside the site

notebooks: $(READY_ALL)
	$(BIN)/python docs/execute.py docs/notebooks/*.ipynb

pictures: $(READY_ALL)
	$(BIN)/python docs/pictures.py

bench: $(READY_BENCH)
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv demo-out site build dist .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis
