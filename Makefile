# Every target makes what it needs; `make` alone says what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help
help:  ## Say what there is
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-16s %s\n", $$1, $$2}'

# uv where it is installed, else plain Python and pip: the same locked versions either way.
$(READY): uv.lock requirements.lock pyproject.toml
	@if command -v uv >/dev/null; then \
		uv sync --locked --all-extras --quiet; \
	else \
		python3 -m venv $(VENV) || { echo 'Python has no venv: install it (Debian: apt install python3-venv).' >&2; exit 1; }; \
		$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; \
		$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .; \
	fi
	@touch $@

.PHONY: try
try: $(READY)  ## Diagnose a failed job here and now: no Slack, no AWS, no Redis (KEEP=1 stays up)
	@$(BIN)/backup-why try $(if $(KEEP),--keep) $(if $(INCIDENT),--incident $(INCIDENT))

.PHONY: test
test: $(READY)  ## Run all tests, with coverage
	@$(BIN)/coverage erase
	$(BIN)/pytest -n 2 --cov --cov-report= $(PYTEST)
	@$(BIN)/coverage report --include='bot/iam/*,bot/diagnosis/*' --fail-under=100
	@$(BIN)/coverage report --skip-covered

.PHONY: check
check: $(READY)  ## Check style, types, import directions and that the locks agree
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if command -v uv >/dev/null; then \
		uv lock --check --quiet && uv export --locked --all-extras --no-emit-project --quiet | diff - requirements.lock; \
	fi

.PHONY: serve
serve: $(READY)  ## Run the web process (settings: .env.sample)
	$(BIN)/backup-why serve

.PHONY: work
work: $(READY)  ## Run a worker process
	$(BIN)/backup-why work

.PHONY: evaluator-proof
evaluator-proof: $(READY)  ## Compare the evaluator with the naive one on 100,000 generated requests (SEED=… chooses them)
	@seed=$(or $(SEED),$(shell date +%s)); echo "SEED=$$seed"; \
	BACKUP_WHY_EXAMPLES=100000 BACKUP_WHY_SEED=$$seed $(BIN)/pytest tests/iam/test_against_naive.py -n 2 -q

.PHONY: contract
contract: $(READY)  ## Try the app against a stand-in for Slack that others wrote (needs npx)
	BACKUP_WHY_CONTRACT=1 $(BIN)/pytest tests/scenarios/test_contract.py -q

.PHONY: bench
bench: $(READY)  ## Measure: the evaluator, reading AWS, acknowledging
	@for bench in evaluator reading acknowledge; do echo "== $$bench"; $(BIN)/python -m benchmarks.$$bench || exit 1; done

.PHONY: knowledge-check
knowledge-check: $(READY)  ## Compare the needs with AWS's newest service authorization data and managed policies
	$(BIN)/python -m knowledge.checking

.PHONY: needs-table
needs-table: $(READY)  ## Write docs/needs.md: how well the needs of each resource type and job are known
	$(BIN)/python -m knowledge.table > docs/needs.md

.PHONY: lock
lock:  ## Lock the dependencies anew (needs uv)
	uv lock --upgrade
	uv export --locked --all-extras --no-emit-project --quiet > requirements.lock

.PHONY: clean
clean:  ## Remove what was made
	rm -rf $(VENV) artifacts .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist
