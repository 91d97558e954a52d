# Rhodian. `make run` does the main job; `make help` lists the rest.

SHELL := /bin/bash
RELEASE := -c release -Xswiftc -cross-module-optimization
BIN := .build/release/rhodian
EXPERIMENT ?= who-pays

.PHONY: help run test smoke lint format bench mutants fuzz soak cross-check data-check page-check notebooks build install clean swift-is-there

help: ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

swift-is-there:
	@command -v swift >/dev/null || { \
	  echo "Rhodian needs Swift 6.1 or later (tried with 6.3), and 'swift' is not on the PATH."; \
	  echo "Get it from https://www.swift.org/install/linux/ and try again."; exit 1; }

build: swift-is-there ## compile the command line
	swift build $(RELEASE) --product rhodian

run: build ## run an experiment (EXPERIMENT=who-pays) and print who paid
	@test -n "$(EXPERIMENT)" || { echo "EXPERIMENT= names a config in experiments/"; exit 64; }
	@case "$(EXPERIMENT)" in */*|.*) echo "EXPERIMENT= is a name, not a path"; exit 64;; esac
	@# What is done already is kept; results of another version of the config are refused and left alone.
	@$(BIN) run experiments/$(EXPERIMENT).jsonc --out results/$(EXPERIMENT) || { code=$$?; \
	  [ $$code -ne 73 ] || echo "To begin anew:  rm -r results/$(EXPERIMENT)  and then  make run EXPERIMENT=$(EXPERIMENT)"; \
	  exit $$code; }

test: swift-is-there ## every test, as shipped (release), then in debug the golden run and runs that trap
	swift test $(RELEASE) --disable-xctest
	swift test --disable-xctest --filter 'GoldenRun|KeepGoing'

lint: swift-is-there ## style, as far as the formatter knows it (the tidy tests know the rest)
	swift format lint --strict --parallel -r Sources Tests Package.swift

format: swift-is-there ## rewrite the sources in house style
	swift format -i --parallel -r Sources Tests Package.swift

bench: swift-is-there ## measure ourselves beside others
	swift build $(RELEASE) --product rhodian-bench
	.build/release/rhodian-bench queue
	.build/release/rhodian-bench csv
	.build/release/rhodian-bench draws
	.build/release/rhodian-bench alarms
	.build/release/rhodian-bench economy
	.build/release/rhodian-bench sweep

mutants: swift-is-there ## change the sources a little; each change has to be noticed by a test
	python3 Tests/mutants/run.py

fuzz: swift-is-there ## random worlds and configs (SECONDS_EACH=60), then a million configs under libFuzzer
	swift build $(RELEASE) --product rhodian-fuzz
	.build/release/rhodian-fuzz all --seconds $${SECONDS_EACH:-60}
	Tests/fuzz/run.sh $${FUZZ_RUNS:-1000000}

soak: swift-is-there ## the tests at full size
	RHODIAN_SOAK=1 swift test $(RELEASE) --disable-xctest

cross-check: swift-is-there ## the kernel's numbers on aarch64 under qemu
	Tests/cross-check.sh

data-check: build ## pandas, polars, DuckDB, frictionless and check-jsonschema on what we write
	Tests/data-check/run.sh $(BIN)

page-check: run ## open the report of EXPERIMENT in headless Chromium (set CHROMIUM if it has another name)
	$(BIN) report results/$(EXPERIMENT)
	Tests/page-check.sh results/$(EXPERIMENT)/report.html results/$(EXPERIMENT)/report.png

notebooks: run ## run the notebooks headless and export their pictures
	notebooks-export/run.sh

install: build ## copy the command line to PREFIX/bin (default /usr/local)
	install -D $(BIN) $(DESTDIR)$${PREFIX:-/usr/local}/bin/rhodian

clean: ## forget what was built and run
	rm -rf .build .build-cov .build-fuzz results
