# Two commands are enough: `make run` and `make test`. Everything they need is set up on the way.
# Paths are relative throughout: make can't handle a directory with a space in its name as a target.
.DEFAULT_GOAL := help
.PHONY: run test check bench lock help

PYTHONS = $(or $(PYTHON),python3 python3.11 python3.12 python3.13 python3.14 python)

define set_up
found=; for python in $(PYTHONS); do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found=$$python; break; fi; \
done; \
if [ -z "$$found" ]; then \
	echo "Evenkeel needs Python 3.11 or newer; found: $$(python3 --version 2>&1 || echo none). Install it, or name it: make $@ PYTHON=/path/to/python3.11" >&2; exit 1; \
fi; \
"$$found" clinic/runtime/bootstrap.py $(1)
endef

run: ## Start the clinic with its own database and broker (PORT=8000)
	@$(call set_up,requirements.txt)
	@exec .venv/bin/python -m clinic.runtime run

# Tests wait now and then, for a browser or a server that starts: one worker more than two processors keeps those busy.
test: ## Run every test, the browser's too
	@$(call set_up,requirements-dev.txt)
	@$(call set_up,requirements-x12.txt)
	@.venv/bin/python clinic/runtime/browser.py
	@exec .venv/bin/pytest -n $(or $(WORKERS),3) --dist worksteal $(TESTS)

check: ## Lint, types, import law, templates, migrations, deploy check
	@$(call set_up,requirements-dev.txt)
	@exec .venv/bin/python -m clinic.runtime.checks

bench: export EVENKEEL_VAR = var/bench
bench: ## Measure a group of 100,000 patients (SMALL=1: 1,000)
	@$(call set_up,requirements.txt)
	@exec .venv/bin/python -m benchmarks $(if $(SMALL),--small) $(if $(PATIENTS),--patients $(PATIENTS))

lock: ## Pin and hash the dependencies anew
	@$(call set_up,requirements-dev.txt)
	@exec .venv/bin/python clinic/runtime/lock.py

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile
