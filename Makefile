# Two commands do all the set-up: `make run` and `make test`. Everything else here is for those who build ddc-perf.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
# Makes .venv/bin/ddc-perf run this very tree.
IN_PLACE = $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

# A virtual environment whose interpreter has gone (moved checkout, upgraded Python) is stale: make it anew.
ifneq ($(wildcard $(VENV)),)
ifneq ($(shell $(PY) -c 'import sys; print(sys.prefix != sys.base_prefix)' 2>/dev/null),True)
$(shell rm -rf $(VENV))
endif
endif

.DEFAULT_GOAL := help
.PHONY: help run demo test check format docs bench constraints clean

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: $(VENV)/.run ## start the bot: with DISCORD_BOT_TOKEN on Discord, without it in the sandbox page
	@exec $(PY) -m bot $(if $(DISCORD_BOT_TOKEN),,--sandbox) $(ARGS)

demo: $(VENV)/.run ## the bot in the sandbox, on thirty made-up days: ARGS=--fresh makes them anew
	@exec $(PY) -m bot demo $(ARGS)

test: check ## everything: checks, unit, property, contract and end-to-end tests
	$(PY) -m pytest $(ARGS)

check: $(VENV)/.dev ## what is quick: ruff, mypy strict, import contracts
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-cache

format: $(VENV)/.dev ## let ruff format and sort what it can
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

docs: $(VENV)/.dev ## the documentation as a site, in site/
	$(PY) -m docs.make
	$(PY) -m mkdocs build --strict --quiet

bench: $(VENV)/.bench ## measure the metrics engine against its peers: ratios; ARGS=--quick, ARGS=--full
	$(PY) -m tests.bench $(ARGS)

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "ddc-perf needs Python 3.11 or newer; say which with: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python constraints.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(IN_PLACE)
	@touch $@

$(VENV)/.dev: $(VENV)/.python constraints-dev.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints-dev.txt
	$(IN_PLACE)
	@touch $@ $(VENV)/.run

$(VENV)/.bench: $(VENV)/.python constraints-bench.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints-bench.txt
	@touch $@

constraints: ## pin anew: names, versions and hashes, no addresses
	$(PYTHON) -m venv --clear $(VENV)-pin && $(VENV)-pin/bin/pip install --quiet uv
	$(VENV)-pin/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --extra build -o constraints.txt pyproject.toml
	$(VENV)-pin/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --extra build --extra dev -o constraints-dev.txt pyproject.toml
	$(VENV)-pin/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --extra build --extra bench --constraint constraints-dev.txt -o constraints-bench.txt pyproject.toml
	rm -rf $(VENV)-pin

clean: ## remove what was made
	rm -rf $(VENV) $(VENV)-pin .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info
