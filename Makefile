# Two targets for everybody: `make demo` and `make test`. Needs python3 (3.11 or later), make and git.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt
NEEDS := pyproject.toml constraints.txt Makefile
# Without a browser, without builds of the package, and without the linters of its code.
UNBOUND := -n 2 --dist loadfile -m 'not browser and not install'

.PHONY: demo test test-oldest test-newest lint types unit browser format docs notebooks pictures build-gazetteer \
	build-theatre clean

demo: $(VENV)/.installed
	$(BIN)/geocasualty demo

test: lint types unit

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.installed-test
	$(BIN)/mypy

unit: $(VENV)/.installed-test browser
	GEOCASUALTY_BROWSER="$$($(BIN)/python tests/find_browser.py)" $(BIN)/pytest -n 2 --dist loadfile

# Any Chromium or Chrome; else Debian's package when root; else Playwright's own; else stop and say what to install.
browser: $(VENV)/.installed-test
	$(BIN)/python tests/find_browser.py --install

# The lowest versions that pyproject.toml allows, and the newest that there are; each in an environment of its own.
# `python -m` puts this folder first: pyarrow 17 installs a package `benchmarks` too.
test-oldest:
	$(PYTHON) -m venv --clear $(VENV)-oldest
	$(VENV)-oldest/bin/python -m pip --disable-pip-version-check --quiet install --constraint constraints-oldest.txt \
		--editable '.[test,docs]'
	$(VENV)-oldest/bin/python -m pytest $(UNBOUND) -W default -W 'ignore:Conversion of an array with ndim:DeprecationWarning'

test-newest:
	$(PYTHON) -m venv --clear $(VENV)-newest
	$(VENV)-newest/bin/python -m pip --disable-pip-version-check --quiet install --upgrade --editable '.[test,docs]'
	$(VENV)-newest/bin/pytest $(UNBOUND) -W default

format: $(VENV)/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# All pages into docs/_build/html, every notebook run; a warning is an error. `make test` builds them without running cells.
docs: $(VENV)/.installed-test
	$(BIN)/python -m sphinx -b html -W --keep-going -j 2 -d docs/_build/trees docs docs/_build/html

# All notebooks run, their outputs stored in them; the tests compare.
notebooks: $(VENV)/.installed-test
	$(BIN)/python notebooks/run.py

pictures: $(VENV)/.installed-test browser
	$(BIN)/python docs/pictures.py "$$($(BIN)/python tests/find_browser.py)"

build-gazetteer: $(VENV)/.installed-test
	$(BIN)/python data/gazetteer/build.py

build-theatre: $(VENV)/.installed-test
	$(BIN)/python data/theatre/build.py

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "geocasualty needs Python 3.11 or later; set PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "no venv module; trying Debian's python3-venv" >&2; rm -rf $(VENV); \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq python3-venv \
		&& $(PYTHON) -m venv $(VENV); } || \
		{ echo "install Python's venv module first (Debian: apt-get install python3-venv)" >&2; exit 1; }; }
	@touch $@

$(VENV)/.installed: $(VENV)/.python $(NEEDS)
	$(PIP) --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.python $(NEEDS)
	$(PIP) --editable '.[test,docs]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf build dist demo docs/_build docs/generated .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
