# Everything a person does with this repository. `make` lists it.

PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

# Django 6 wants a newer one, which a machine may have beside its own.
PYTHON6 ?= $(shell for python in python3.12 python3.13 python3.14 python3 \
	$$(pyenv root 2>/dev/null)/versions/3.1[2-4]*/bin/python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null \
	&& echo $$python && break; done)

BIN := .venv/bin
MATRIX := $(BIN)/python -m tests.tooling.matrix
PINS := requirements/constraints.txt

.DEFAULT_GOAL := help
.PHONY: help venv mariadb django6 demo test parts mutants chaos recovery size check format lint bench bench-smoke wheel \
	messages pins clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: .venv/dev.installed ## Make .venv with all that development takes

mariadb: venv .venv/mariadb.installed ## Build the driver that the tests on MariaDB take

django6: .venvs/django-6.0.installed .venvs/django-6.1.installed ## Make the environments of the tests with Django 6, which wants Python 3.12

demo: .venv/demo.installed ## Start the demo site: tables, data, web server and cluster
	@exec $(BIN)/python manage.py demo

test: venv ## Run everything this machine can; REQUIRE_ALL=1 makes a left-out leg a failure
	@$(MATRIX) $(if $(JOBS),--jobs $(JOBS))

parts: venv ## List the parts that must work, and the tests that prove them
	@$(BIN)/python -m tests.tooling.parts

mutants: venv ## Break the engine's promises one at a time; a test must fail for each
	@$(BIN)/python -m tests.tooling.mutants $(ONLY)

chaos: mariadb ## Break everything around the engine; KIND=sqlite-orm SEED=1 SECONDS=120 ONLY=kill
	@CHAOS_SECONDS=$(or $(SECONDS),120) CHAOS_SEED=$(or $(SEED),1) CHAOS_ONLY='$(ONLY)' \
		$(BIN)/python -m pytest -q -s -p no:randomly tests/chaos -k "$(KIND)"

recovery: mariadb ## How soon work goes on after a death or an outage, as a table; minutes
	@$(BIN)/python -m pytest -q -s -p no:randomly tests/chaos/recovery.py $(if $(KIND),-k $(KIND))

size: mariadb ## Measure large tables; KIND=mariadb RUNS=1000000 JOBS=10000 QUEUED=100000 SECONDS=240 DAYS=180 ONLY=prune
	@CRONMGMT_TEST_DB=$(or $(KIND),postgresql) $(BIN)/python -m tests.size \
		--runs $(or $(RUNS),1000000) --jobs $(or $(JOBS),10000) \
		--queued $(or $(QUEUED),100000) --seconds $(or $(SECONDS),240) \
		--days $(or $(DAYS),180) $(if $(ONLY),--only $(ONLY))

screenshots: venv ## Take pictures of every screen of the demo for the docs
	@$(BIN)/python -m tests.browser.screenshots

check: venv ## Style, types and missing migrations only
	@$(MATRIX) --only style --only django

format: venv ## Rewrite the code in the house's style
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format .

lint: venv ## Say what ruff and mypy object to
	@$(BIN)/ruff check .
	@$(BIN)/python -m mypy

bench: venv ## Measure this project beside its peers; ONLY=a,c AGAINST=celery ROUNDS=n
	@$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(ROUNDS),--rounds $(ROUNDS)) \
		$(if $(AGAINST),--against $(AGAINST)) \
		$(if $(MARKDOWN),--markdown)

bench-smoke: venv ## Try the benchmark's small form: are the results right?
	@$(BIN)/python -m benchmarks --smoke

wheel: venv ## Build the wheel into dist/
	@rm -rf build
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist .

messages: venv ## Bring the languages' catalogues up to date; fails while a text lacks
	@$(BIN)/python -m tests.tooling.messages

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

.venvs/django-%.installed: requirements/django6.txt $(PINS)
	@test -n "$(PYTHON6)" || { echo "Python 3.12 or newer is needed, of the machine or of pyenv" \
		"('pyenv install 3.12'); say where: make django6 PYTHON6=…"; exit 1; }
	@test -x .venvs/django-$*/bin/python || { echo "Making .venvs/django-$*"; \
		$(PYTHON6) -m venv .venvs/django-$*; }
	@echo "Installing what tests with Django $* need (once)"
	@grep -v '^Django==' $(PINS) > .venvs/django-$*/constraints.txt
	@.venvs/django-$*/bin/python -m pip install -qq --disable-pip-version-check \
		-c .venvs/django-$*/constraints.txt -r requirements/django6.txt 'Django==$*.*'
	@touch $@
