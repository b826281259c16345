# The way in: `make run` starts Pilot Light, `make test` tests it. The work is done by scripts/.

.DEFAULT_GOAL := help
.PHONY: help run demo test check bench test-peers release install clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: ## Build and start the tray app (ARGS="--config FILE" and the like); without a display, pilotlight watch
	@scripts/run $(ARGS)

demo: ## See ready, down, fallback and recovery within a minute, without OpenClaw (ARGS=--text: in the terminal)
	@scripts/demo $(ARGS)

test: ## Install what the tests need, and run them all
	@scripts/test

check: ## Format, lints, types, spelling, dependency direction, generated files
	@scripts/check

bench: ## Measure a release build (builds it first)
	@scripts/bench $(ARGS)

test-peers: ## Test against the real OpenClaw gateway and a real llama.cpp server (downloads both)
	@scripts/test-peers $(ARGS)

release: ## Build both binaries small and fast
	@scripts/release

install: ## Copy the release build to ~/.local (PREFIX=... elsewhere)
	@scripts/install

clean: ## Remove what was built
	cargo clean
	rm -rf ui/dist ui/node_modules
