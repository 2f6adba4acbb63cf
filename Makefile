# The two commands that matter: make run, make test. Both do all set-up on a fresh Debian or Ubuntu machine with Go,
# Node.js and git.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

UI := modules/kernel/ui
UI_SOURCES := $(shell find $(UI)/assets -name '*.ts' -o -name '*.css') $(UI)/build.mjs $(shell find modules -name '*.templ')
GO_SOURCES := $(shell find cmd tenants modules policies migrations -name '*.go' -not -name '*_test.go' -o -name '*.sql' -o -name '*.toml' -o -name '*.csv' -o -name '*.conf' | grep -v node_modules)
TOOL := go tool -modfile=deploy/tools/go.mod
LINT := go tool -modfile=deploy/tools/lint/go.mod golangci-lint
TEMPL_SOURCES := $(shell find modules -name '*.templ')

.PHONY: help setup assets generate run test check bench clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## install what this machine lacks to run and to test
	@deploy/setup/setup.sh test

.PHONY: setup-run
setup-run:
	@deploy/setup/setup.sh run

$(UI)/node_modules/.package-lock.json: $(UI)/package.json $(UI)/package-lock.json
	cd $(UI) && npm ci --no-fund --no-audit --silent
	@touch $@

$(UI)/dist/manifest.json: $(UI)/node_modules/.package-lock.json $(UI_SOURCES)
	cd $(UI) && node build.mjs >/dev/null

assets: $(UI)/dist/manifest.json ## build what browsers load

bin/kervan: $(UI)/dist/manifest.json $(GO_SOURCES) go.mod go.sum
	go build -o $@ ./cmd/kervan

generate: ## write the generated files anew: pages and icons
	$(TOOL) templ generate -path modules
	cd $(UI) && node icons.mjs && gofmt -w icons_gen.go

bin/versitygw: deploy/tools/go.mod deploy/tools/go.sum
	go build -modfile=deploy/tools/go.mod -ldflags '-s -w' -o $@ github.com/versity/versitygw/cmd/versitygw

run: setup-run bin/kervan bin/versitygw ## serve with private servers and the demonstration, on http://core.localhost:8080
	@exec bin/kervan dev

# What goes through the whole house, one request after the other, has nothing to race with: it runs without the detector.
WALLS := TestNothingOfAnotherNetwork|TestHeadersAndBodies|TestTheCoreSees|TestEveryUseCaseRefuses
WALKS := $(WALLS)|TestOrganizationsOfOneNetwork|TestEveryPageAsksAsOften|TestEveryFormStandsBadInput|TestTheDemonstration|TestTheCycleOfARealSize
WALKS := $(WALKS)|TestReviewersOfAnAnonymousCall|TestWhatHappensToOneApplication|TestMailsOfARoundAreConcealed|TestEveryListLeavesWithoutAFormula
WALKS := $(WALKS)|TestANetworkSpeaksWithItsOwnWords|TestTiesOfTheTeam|TestARehearsalIsPlayed|TestWhoIsTiedLearnsNothing|TestWhatIsConfided

# How accessible pages are is the same however tenants are kept apart in the database.
DRAWN := Accessible

# Nothing in here runs beside itself or knows a database: without the detector it takes a tenth of the time, and once is enough.
PURE := /modules/solver(/(agreement|assignment|bipartite|blossom|decimals|roommates|seats))?$$

test: setup assets bin/versitygw ## all tests, on real PostgreSQL, S3 and Chromium, in both modes of isolation
	go test -race -timeout 45m -skip '$(WALKS)' $$(go list ./... | grep -vE '$(PURE)')
	go test -timeout 20m $$(go list ./modules/solver/... | grep -E '$(PURE)')
	go test -timeout 30m -run '$(WALKS)' ./cmd/kervan
	KERVAN_TENANT_ISOLATION=schema go test -timeout 20m -skip '$(DRAWN)' $$(go list ./tenants/... ./modules/... ./policies/... | grep -vE '$(PURE)')
	KERVAN_TENANT_ISOLATION=schema go test -timeout 20m -run '$(WALLS)' ./cmd/kervan

check: setup assets ## what must be true of the source: formatted, generated, vetted, linted, in its rooms, translated
	@$(TOOL) templ generate -path modules -log-level error
	@git diff --exit-code --stat -- '*_templ.go' || { echo 'generated pages are out of date: make generate' >&2; exit 1; }
	@test -z "$$(git ls-files --others --exclude-standard -- '*_templ.go')" || { echo 'generated pages are not committed' >&2; exit 1; }
	go mod verify >/dev/null
	go vet ./...
	$(LINT) run --timeout 20m ./...
	$(LINT) fmt --diff ./...
	go test -count=1 -run 'Arrows|ThirdParties|Readable|Translated|Policy|Route' ./cmd/... ./policies/...

bench: setup assets bin/versitygw ## how fast it is: one line per figure, name value unit goal ok|short
	@cd deploy/tools/lighthouse && { [ -d node_modules ] || PUPPETEER_SKIP_DOWNLOAD=1 npm ci --no-audit --no-fund --silent; }
	@mkdir -p bin && go test -timeout 20m -run '^$$' -bench . -benchtime 1x ./cmd/kervan >bin/bench.log 2>&1 || { tail -n 40 bin/bench.log >&2; exit 1; }
	@grep -E '^# | (ok|short)$$' bin/bench.log

clean: ## forget everything that was built; the data folder stays
	rm -rf bin $(UI)/node_modules $(UI)/dist/*.*
