# `make help` lists what there is. Everything runs in .venv; the program's own data lies in ./instance.

PYTHON ?= python3
PORT ?= 8000

BIN := .venv/bin
PIP := $(BIN)/pip --quiet --disable-pip-version-check
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help run reset test lint format audit crash fuzz bench bench-load bench-statistics bench-disclosure eval translations lock wheel machine

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

# A demonstration: its secret is public, and the program refuses it in production.
run: export FEEDBACK_ENVIRONMENT ?= development
run: export FEEDBACK_DEMONSTRATION ?= true
run: export FEEDBACK_SECRET_KEY ?= demonstration-only-never-use-this-for-real-answers
run: export FEEDBACK_SITE_ADDRESS ?= http://127.0.0.1:$(PORT)
run: .venv/.runtime ## Start the program with demonstration data on http://127.0.0.1:8000 (PORT=9000 for another)
	@mkdir -p instance
	$(BIN)/feedback-app db upgrade
	$(BIN)/feedback-app demo seed
	$(BIN)/feedback-app serve --port $(PORT)

reset: ## Throw away the data of `make run` (./instance)
	@echo "Removing ./instance: every answer, account and draft kept by 'make run'."
	rm -rf instance

test: machine .venv/.dev ## Everything that must hold: lint, types, imports, all tests on SQLite and PostgreSQL, browser
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest -n 2 --dist loadgroup --durations 12

lint: .venv/.dev ## Lint (security rules among them), format, types, who may import whom, and the audit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@$(MAKE) --no-print-directory audit

audit: .venv/.dev ## Look for published weaknesses in what is depended on; without a network it says so and goes on
	@$(BIN)/python -m tests.support.dependency_audit

format: .venv/.dev ## Put the code into the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

crash: .venv/.dev ## Kill the served program 500 times in the middle of submissions, on both databases
	FEEDBACK_TEST_KILLS=250 $(BIN)/pytest tests/integration/test_crash_survival.py -k kill_9 --timeout 0

fuzz: export FEEDBACK_FUZZ_CASES ?= 50000
fuzz: machine .venv/.dev ## Send rubbish to every address as everybody, on both databases (FEEDBACK_FUZZ_CASES=50000, FEEDBACK_FUZZ_MINUTES)
	$(BIN)/pytest tests/integration/test_fuzz.py --timeout 0 -o faulthandler_timeout=0

bench: machine .venv/.dev ## Measure the parts, then whole journeys, on both databases: prints figures, asserts no time
	@for file in $(filter-out tests/benchmarks/bench_disclosure.py,$(wildcard tests/benchmarks/bench_*.py)) tests/benchmarks/load_*.py; do \
		echo "== $$file"; $(BIN)/python -m "tests.benchmarks.$$(basename "$$file" .py)" || exit 1; done

bench-load: machine .venv/.dev ## Measure whole journeys alone, against the served program
	@for file in tests/benchmarks/load_*.py; do echo "== $$file"; $(BIN)/python -m "tests.benchmarks.$$(basename "$$file" .py)" || exit 1; done

bench-statistics: .venv/.dev ## Simulate how often ranges hold the truth and verdicts are right (FEEDBACK_BENCH_RUNS=1000)
	@$(BIN)/python -m tests.benchmarks.simulate_coverage

bench-disclosure: .venv/.dev ## Let an attacker loose on random releases, with each rule out in turn, and measure utility (FEEDBACK_BENCH_RELEASES=10000)
	@$(BIN)/python -m tests.benchmarks.bench_disclosure

eval: .venv/.dev ## Find published figures again in the data of a folder of your own (DATA=folder)
	@DATA="$(DATA)" $(BIN)/python -m tests.evaluation.evaluate

translations: export FEEDBACK_ENVIRONMENT ?= development
translations: .venv/.runtime ## Collect all texts into translations/messages.pot for translators
	$(BIN)/feedback-app translations collect

lock: .venv/.uv ## Pin all dependencies anew, with hashes, for Python 3.11 to 3.13
	$(BIN)/$(LOCK) --upgrade pyproject.toml --extra postgresql -o requirements.txt
	$(BIN)/$(LOCK) --upgrade pyproject.toml --extra postgresql --group dev -c requirements.txt -o requirements-dev.txt
	$(BIN)/$(LOCK) --upgrade --group build -c requirements.txt -c requirements-dev.txt -o requirements-build.txt

wheel: .venv/.dev ## Build the wheel, surveys and migrations inside, into ./dist
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w dist .

machine:
	@deploy/machine.sh

.venv/bin/pip:
	@PYTHON="$(PYTHON)" deploy/python.sh
	$(PYTHON) -m venv .venv

# The stamps make an install happen only when a lock has changed.
.venv/.runtime: .venv/bin/pip requirements.txt requirements-build.txt pyproject.toml
	$(PIP) install --require-hashes -r requirements.txt -r requirements-build.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.txt
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

.venv/.uv: .venv/bin/pip
	$(PIP) install "uv>=0.9"
	@touch $@
