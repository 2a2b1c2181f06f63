# Short names for the usual commands. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup run status lab test unit lint lock bench clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: ## make .venv from the lock
	python3 start.py setup

run: ## run what is not fresh: notebooks, outputs, pages
	python3 start.py run

status: setup ## say what is fresh, what is stale and why
	.venv/bin/care-rates status

lab: setup ## open the notebooks in JupyterLab
	.venv/bin/jupyter lab notebooks

test: ## all tests
	python3 start.py test

unit: setup ## the quick tests only
	.venv/bin/python -m pytest -m unit

lint: setup ## ruff: rules and layout
	.venv/bin/ruff check . && .venv/bin/ruff format --check .

lock: ## resolve the pins anew (needs uv)
	uv pip compile pyproject.toml --extra test --extra cluster --generate-hashes --universal --python-version 3.11 \
	  --fork-strategy fewest --no-emit-index-url --no-annotate --no-header -o requirements.lock

bench: setup ## measure speed, as ratios
	.venv/bin/python benchmarks/bench_run.py

clean: ## take away everything that a run makes, but the committed results
	rm -rf data/processed outputs/.state outputs/.staging outputs/html outputs/notebooks \
	  outputs/figures outputs/tables outputs/records outputs/failed
