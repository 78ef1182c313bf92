.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
GRAPH := .demo/graph
EXTRAS := neo4j,nlp,train,ray,records,vectors,export,dev
# The newest Python that fits; PYTHON=/path/to/python overrides it.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)

.PHONY: help demo serve up down test check lint types layers docs bench constraints clean

help: ## List what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 12

.venv/bin/uv: constraints.txt
	@test -n "$(PYTHON)" || { echo "medkg needs Python 3.11 or newer with venv (Debian: apt install python3 python3-venv); or name one: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv
	@touch $@

.venv/.default: .venv/bin/uv pyproject.toml constraints.txt
	@echo "Installing medkg into .venv ..."
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet -c constraints.txt -e .
	@touch $@

.venv/.all: .venv/.default
	@echo "Installing all extras into .venv (torch among them: several GB) ..."
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

demo: .venv/.default ## Install, build the demo graph, ask it one question over GraphQL
	@$(BIN)/kg demo --graph $(GRAPH)

serve: .venv/.default ## Serve the demo graph until Ctrl-C
	@$(BIN)/kg demo --graph $(GRAPH) --keep

up: docker/secrets/neo4j_password ## In Docker: Neo4j, the graph of LABELS or of the samples, and the service
	@docker compose --file docker/compose.yaml up --build --detach
	@docker compose --file docker/compose.yaml up --detach --no-deps --wait medkg
	@echo "GraphQL at http://127.0.0.1:$${MEDKG_PORT:-8080}/graphql"

down: ## Stop what `make up` started; the data stay in their volumes
	@docker compose --file docker/compose.yaml down

# Whoever is another user inside a container must read the file; on this machine the folder keeps others away from it.
docker/secrets/neo4j_password:
	@mkdir -p -m 700 $(@D)
	@od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > $@

test: .venv/.all ## Install with all extras and run all tests
	@$(BIN)/python -m pytest -n 2

check: lint types layers docs ## Linter, types, layers, docs

lint: .venv/.all ## Linter and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: .venv/.all ## Types, strict
	@$(BIN)/mypy

layers: .venv/.all ## Rooms import only downwards
	@PYTHONPATH=.:graphql $(BIN)/lint-imports

docs: .venv/.all ## Every command of the documents runs or is documented
	@$(BIN)/python -m pytest -q tests/test_docs.py

# Exit status 2 is that of a script that wants a corpus or a graph: its usage, which it prints, says which.
bench: .venv/.all ## Measure what needs no data of yours; scripts that do say what they want
	@for script in tests/bench/bench_*.py; do \
		echo "== $$script"; status=0; PYTHONPATH=.:graphql $(BIN)/python $$script || status=$$?; \
		if [ $$status -eq 2 ]; then echo "left out: $$script needs arguments"; \
		elif [ $$status -ne 0 ]; then exit 1; fi; \
	done

constraints: .venv/bin/uv ## Pin the newest versions that pyproject.toml allows
	@{ head -n 1 constraints.txt; $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--extra neo4j --extra nlp --extra train --extra ray --extra records --extra vectors --extra export --extra dev --no-annotate --no-header \
		--no-emit-index-url pyproject.toml; grep '^uv==' constraints.txt; } > .constraints.new
	@mv .constraints.new constraints.txt

clean: ## Take away the environment and the demo graph
	rm -rf .venv .demo
