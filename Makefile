# Two commands do everything, from a bare Python 3.11 on:
#   make site    build posts/ into build/
#   make test    run the whole test suite, then the tests generated from posts/

PYTHON ?= python3
VENV   ?= .venv
PY     := $(VENV)/bin/python

.PHONY: site test generated-tests lint clean
.DEFAULT_GOAL := site
.NOTPARALLEL:

site: $(VENV)/.project
	$(VENV)/bin/litgrad build posts -o build

test: $(VENV)/.tools
	$(PY) -m pytest
	$(MAKE) --no-print-directory generated-tests

# The tests that litgrad writes need only NumPy and pytest, so they run without this project's settings.
generated-tests: $(VENV)/.tools site
	$(PY) -m pytest -c /dev/null --rootdir build/python -p no:cacheprovider build/python/tests

lint: $(VENV)/.tools
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ty check --python $(VENV)
	$(VENV)/bin/lint-imports

clean:
	rm -rf $(VENV)
	find build -mindepth 1 ! -name .gitignore -delete

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "litgrad needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.project: pyproject.toml | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --editable .
	$(call precompile)
	touch $@

$(VENV)/.tools: pyproject.toml | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(call precompile)
	touch $@ $(VENV)/.project

# SymPy's first import takes many seconds without bytecode, and some machines forbid writing it on the way.
define precompile
PYTHONDONTWRITEBYTECODE= $(PY) -m compileall -q $(VENV)/lib
endef
