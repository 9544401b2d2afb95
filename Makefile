# Every command a person needs. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run demo test check bench chaos proof practices messages clean
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv/bin
INSTALL := $(VENV)/python -m pip install -qq --disable-pip-version-check
# What `make check` judges are the settings of a production installation.
PRODUCTION := SECRET_KEY=$$($(VENV)/python -c "import secrets; print(secrets.token_urlsafe(48))") \
	SEARCH_HASH_KEY=$$($(VENV)/python -c "import secrets; print(secrets.token_urlsafe(48))") \
	WEBHOOK_KEY=$$($(VENV)/python -c "import secrets; print(secrets.token_urlsafe(48))") \
	GATEWAY_KEY=$$($(VENV)/python -c "import secrets; print(secrets.token_urlsafe(48))") \
	DATABASE_URL=postgres://crm@localhost/crm REDIS_URL=redis://localhost:6379/0 HTTPS=1 DEBUG=0 \
	ALLOWED_HOSTS=crm.example.com PYTHONWARNINGS=ignore::RuntimeWarning

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.installed ## Start everything [PORT=8000] [HOST=127.0.0.1]; Ctrl-C stops it
	@exec env $(if $(PORT),PORT=$(PORT)) $(if $(HOST),HOST=$(HOST)) $(VENV)/python -m crm.up

demo: .venv/.installed ## Fill the database with the demo branch [CUSTOMERS=2000000]
	@exec env PGOPTIONS="-c statement_timeout=0" \
		$(VENV)/python -m crm.up manage demo $(if $(CUSTOMERS),--customers $(CUSTOMERS))

test: .venv/.installed-dev ## Run the tests [ARGS="tests/jobs -k claim"]
	@RECORD=1 $(VENV)/python -m pytest $(ARGS)

check: .venv/.installed-dev ## Style, migrations, production settings, translations, import map
	@$(VENV)/ruff check --quiet . && $(VENV)/ruff format --quiet --check . && echo "style: ok"
	@$(PRODUCTION) $(VENV)/python manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(VENV)/python manage.py check --deploy --fail-level WARNING
	@$(PRODUCTION) $(VENV)/python manage.py translations --check
	@$(VENV)/python -m pytest -q tests/test_architecture.py

bench: .venv/.installed-dev ## Measure against the floors [ONLY=search]
	@$(VENV)/python -m bench $(ONLY)

chaos: .venv/.installed-dev ## Kill everything at random under load; nothing is lost or doubled [SIZE=long]
	@$(VENV)/python -m chaos $(if $(SIZE),--size $(SIZE))

proof: .venv/.installed-dev ## Every test at its longest, in full
	@PROOF=1 RECORD=1 $(VENV)/python -m pytest $(ARGS)

practices: .venv/.installed-dev ## The practices of the catalogue that the last test run proved
	@$(VENV)/python -m tests.practices

messages: .venv/.installed-dev ## Add the sources' new messages to the Chinese catalogue
	@$(PRODUCTION) $(VENV)/python manage.py translations --collect

clean: ## Remove what can be made again; the data in .data stays
	@rm -rf .pytest_cache .ruff_cache .hypothesis && find . -name __pycache__ -not -path "./.venv/*" -prune -exec rm -rf {} +

.venv/bin/python:
	@echo "Making .venv …"
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { echo "Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/.installed: requirements.txt | .venv/bin/python
	@echo "Installing what the product needs …"
	@$(INSTALL) -r requirements.txt && touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@echo "Installing what the tests need …"
	@$(INSTALL) -r requirements-dev.txt && touch $@
