.DEFAULT_GOAL := help
.PHONY: $(shell sed -nE 's/^([a-z-]+):.*/\1/p' Makefile)

# Reproducible: nothing of the caller's Python leaks in.
unexport PYTHONPATH PYTHONHOME

help: ## print this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## install what hoso needs to run; leaves .venv/bin/hoso
	@.ci/setup

test: check ## install and start what the tests need, then check and test
	@.ci/setup test
	.venv/bin/python -m pytest -n 2 --dist loadfile

check: ## style, types and import layers
	@.ci/setup check
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

demo: setup ## digitise dossiers of invented citizens and show what hoso knows then
	@HOSO_HOME="$(CURDIR)/.hoso/demo" .venv/bin/python -m tests.demo

bench: ## measure reading, speed and size beside OCRmyPDF and Tesseract; takes a quarter of an hour
	@.ci/setup check
	.venv/bin/python -m tests.bench --chart docs/reading.svg

bench-profile: ## show where the processor time goes, step by step
	@.ci/setup check
	.venv/bin/python -m tests.bench.profile

bench-large: ## measure the memory of 400 pages in colour at 600 dpi; takes half an hour
	@.ci/setup check
	.venv/bin/python -m tests.bench.large

bench-look: ## measure how long a quick look takes and how often it is right
	@.ci/setup check
	.venv/bin/python -m tests.bench.look

bench-search: ## measure asking with a million papers in SQLite and PostgreSQL; filling them takes minutes, once
	@.ci/setup test
	.venv/bin/python -m tests.bench.search

bench-register: ## try misread papers against a register of 100,000 people, in SQLite and PostgreSQL
	@.ci/setup check
	.venv/bin/python -m tests.bench.register

bench-restore: ## measure how long 100,000 papers take to be backed up and brought back
	@.ci/setup test
	.venv/bin/python -m tests.bench.restore

bench-integrity: ## measure how fast a store is checked, and a database made anew from it
	@.ci/setup test
	.venv/bin/python -m tests.bench.integrity

bench-load: ## let an office of 100 officers work for five minutes while their papers are read
	@.ci/setup test
	.venv/bin/python -m tests.bench.load

bench-growth: ## measure asking, filing and disk with ten thousand to a million papers; draws docs/growth.svg
	@.ci/setup test
	.venv/bin/python -m tests.bench.growth --chart docs/growth.svg

bench-morning: ## simulate a large centre's morning with service times measured here
	@.ci/setup check
	.venv/bin/python -m tests.bench.morning

bench-throughput: ## measure pages a minute through all services, with one worker and with two
	@.ci/setup test
	.venv/bin/python -m tests.bench.throughput

bench-audit: ## measure how long it takes to note an access
	@.ci/setup test
	.venv/bin/python -m tests.bench.audit

bench-signing: ## measure signing with a key in a file, on a token and at a service
	@.ci/setup test
	.venv/bin/python -m tests.bench.signing

bench-kill: ## kill hoso at 400 of its steps and each of its services, and prove that nothing is lost; takes an hour
	@.ci/setup test
	.venv/bin/python -m tests.kill
	.venv/bin/python -m tests.kill.machines

fuzz: ## give 10,000 spoilt files to the parsers; takes half an hour, or N=500 for fewer
	@.ci/setup check
	.venv/bin/python -m tests.fuzz $(or $(N),10000)

capacity: ## print how large machines must be, by what was measured
	@.ci/setup check
	.venv/bin/python -m tests.bench.capacity

screenshots: ## take a picture of every page, on the counter's screen and on a phone, into .hoso/screenshots
	@.ci/setup test
	@HOSO_HOME="$(CURDIR)/.hoso/screenshots/home" .venv/bin/python -m tests.screenshots

calibration: ## fit confidences on specimens, measure them on other papers, and draw docs/confidence.svg
	@.ci/setup check
	.venv/bin/python -m tests.calibration

permissions: ## write down which role may use which route, in docs/permissions.md
	@.ci/setup check
	.venv/bin/python -m tests.permissions > docs/permissions.md

sbom: ## write sbom.json, the list of all components (CycloneDX)
	@.ci/setup check
	.venv/bin/python -m tests.supply.sbom > sbom.json

licences: ## list the licences of all that runs; fails on one that is not allowed
	@.ci/setup check
	@.venv/bin/python -m tests.supply.licences

audit: ## ask OSV what is known to be wrong with the locked packages; "not checked" where it does not answer
	@.ci/setup check
	@.venv/bin/python -m tests.supply.vulnerabilities

up-real: ## run all of docker-compose.yml as processes of this machine until Ctrl-C; data in .hoso/real
	@.ci/setup test
	@.venv/bin/python -m tests.topology .hoso/real

secrets: ## make the secrets docker-compose.yml asks for, except the TLS certificate
	@.ci/make-secrets

LOCK = uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --no-strip-extras --quiet
lock: ## resolve pyproject.toml anew into the two lock files
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT \
	&& python3 -m venv "$$folder" && "$$folder/bin/pip" install --quiet uv && PATH="$$folder/bin:$$PATH" \
	&& echo 'setuptools>=80' | $(LOCK) pyproject.toml - -o requirements.lock \
	&& $(LOCK) pyproject.toml --extra dev --extra token -o requirements-dev.lock
