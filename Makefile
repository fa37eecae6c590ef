# Everything a person does with this repository. `make` lists it.

PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

BIN := .venv/bin
MATRIX := $(BIN)/python -m tests.tooling.matrix
PINS := requirements/constraints.txt

.DEFAULT_GOAL := help
.PHONY: help venv mariadb demo test parts mutants chaos check format lint bench bench-smoke wheel \
	pins clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: .venv/dev.installed ## Make .venv with all that development takes

mariadb: venv .venv/mariadb.installed ## Build the driver that the tests on MariaDB take

demo: .venv/demo.installed ## Start the demo site: tables, data, web server and cluster
	@exec $(BIN)/python manage.py demo

test: venv ## Run everything this machine can; REQUIRE_ALL=1 makes a left-out leg a failure
	@$(MATRIX) $(if $(JOBS),--jobs $(JOBS))

parts: venv ## List the parts that must work, and the tests that prove them
	@$(BIN)/python -m tests.tooling.parts

mutants: venv ## Break the engine's promises one at a time; a test must fail for each
	@$(BIN)/python -m tests.tooling.mutants $(ONLY)

chaos: mariadb ## Break everything around the engine; KIND=sqlite SEED=1 SECONDS=120
	@CHAOS_SECONDS=$(or $(SECONDS),120) CHAOS_SEED=$(or $(SEED),1) \
		$(BIN)/python -m pytest -q -s -p no:randomly tests/chaos -k "$(KIND)"

check: venv ## Style, types and missing migrations only
	@$(MATRIX) --only style --only django

format: venv ## Rewrite the code in the house's style
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format .

lint: venv ## Say what ruff and mypy object to
	@$(BIN)/ruff check .
	@$(BIN)/python -m mypy

bench: venv ## Measure this project beside its peers; ONLY=a,c for parts, ROUNDS=n
	@$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(ROUNDS),--rounds $(ROUNDS)) \
		$(if $(MARKDOWN),--markdown)

bench-smoke: venv ## Try the benchmark's small form: are the results right?
	@$(BIN)/python -m benchmarks --smoke

wheel: venv ## Build the wheel into dist/
	@rm -rf build
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist .

pins: ## Renew the pinned versions
	@rm -rf var/pins && $(PYTHON) -m venv var/pins
	@var/pins/bin/python -m pip install -qq --disable-pip-version-check -e '.[dev,mariadb]'
	@sed -n '/^#/p' $(PINS) > var/pins/pins.txt
	@var/pins/bin/python -m pip list --format=freeze --exclude-editable --exclude pip \
		--disable-pip-version-check >> var/pins/pins.txt
	@cp var/pins/pins.txt $(PINS)

clean: ## Remove all that these targets made
	@rm -rf .venv .venvs build dist var *.egg-info .coverage .pytest_cache .mypy_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment that exists is kept and only brought up to date.
.venv/%.installed: pyproject.toml $(PINS)
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; say where: make PYTHON=…"; exit 1; }
	@test -x $(BIN)/python || { echo "Making .venv"; $(PYTHON) -m venv .venv; }
	@echo "Installing what '$*' needs (once)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c $(PINS) -e '.[$*]'
	@touch $@
