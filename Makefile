# A fresh machine needs Go, make, and Node with npm. `make` lists what there is.

# One set of flags for every command: with two, everything compiles twice.
export CGO_ENABLED = 0
export GOFLAGS += -trimpath
# A web server in front speaks HTTP/2 to the world; to it we speak HTTP/1.1 in
# the clear, and net/http knows HTTP/2 over TLS alone. Our own requests (egress)
# have a transport that never asks for it. Left out, the program is 0.35 MB smaller.
export GOFLAGS += -tags=nethttpomithttp2
# Pages are thousands of small calls, and to write each out where it is called
# makes the program a megabyte bigger and no page faster; so do other people's
# packages, but those that squeeze and seal. What counts and compares, in platform,
# is left to the compiler.
export GOFLAGS += -gcflags=github.com/...=-l -gcflags=golang.org/...=-l -gcflags=filippo.io/...=-l -gcflags=github.com/klauspost/...= -gcflags=golang.org/x/crypto/...=
export GOFLAGS += -gcflags=withus.example/...=-l -gcflags=withus.example/platform/...= -gcflags=withus.example/platform/ui=-l

tool = go tool -modfile=tools/go.mod
# The binary knows its commit, unless git can't say (an archive, a foreign owner).
stamp = $(shell git rev-parse HEAD >/dev/null 2>&1 || echo -buildvcs=false)

.PHONY: help run build front generate check lint test needs race bench bench-million clean

help:
	@awk -F ': .*## |:.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: build ## build everything and show it, with made-up people (./withus demo)
	./withus demo

# Texts and demo content go into the program squeezed: 0.67 MB less.
build: front ## one static binary: ./withus
	env -u GOOS -u GOARCH go run ./platform/i18n/squeeze .squeezed
	go build -overlay=.squeezed/overlay.json $(stamp) -ldflags='-s -w' -o withus ./cmd/withus

front: platform/ui/npm/manifest.json ## other people's front-end files, by the lockfile

platform/ui/npm/manifest.json: node_modules/.package-lock.json $(wildcard platform/ui/bundle/*.go) platform/place/pack.go platform/atlas/pack.go
	go run ./platform/ui/bundle

node_modules/.package-lock.json: package-lock.json package.json .npmrc
	@command -v npm >/dev/null || { echo "npm is not here: install Node" >&2; exit 1; }
	npm ci
	@touch $@

generate: ## Go code from the .templ files
	$(tool) templ generate -log-level warn
	@go run ./platform/ui/lean

check: lint ## lint, and the tests of each package on SQLite: quick, needs Go alone
	WITHUS_TEST_POSTGRES= go test -short $$(go list ./... | grep -v /tests)

lint: generate ## gofmt, generated code, go vet, staticcheck
	@files=$$(find . -name '*.go' ! -path './node_modules/*' ! -path './.*' -exec gofmt -l {} +) && \
		test -z "$$files" || { printf 'not as gofmt writes it:\n%s\n' "$$files" >&2; exit 1; }
	@test ! -e .git || { files=$$(git diff --name-only -- '*_templ.go' && git ls-files --others --exclude-standard -- '*_templ.go') && \
		test -z "$$files" || { printf 'generated anew, to be added (git add):\n%s\n' "$$files" >&2; exit 1; }; }
	go vet ./...
	$(tool) staticcheck ./...

test: needs front .bin/pgtest ## everything: both databases, the browser, what crosses rooms
	.bin/pgtest go test -count=1 -timeout 40m ./...

needs: ## what the tests need besides: PostgreSQL, Chromium, fonts (installs them if it may)
	@scripts/needs.sh

# Built, not `go run`, which passes no signals on.
.bin/pgtest: platform/db/pgtest/main.go go.mod
	go build -buildvcs=false -o $@ ./platform/db/pgtest

race: export CGO_ENABLED = 1
# SQLite, translated from C, is all unsafe pointers: to check each of them, as
# -race does unasked, takes a third of the time and finds no race.
race: export GOFLAGS += -gcflags=modernc.org/...=-d=checkptr=0
race: ## the short tests under the race detector (needs gcc)
	@command -v "$$(go env CC)" >/dev/null || { echo "the race detector needs a C compiler: install gcc" >&2; exit 1; }
	go test -race -short -timeout 40m $$(go list ./... | grep -v /tests/faults)
	go test -race -short -timeout 40m ./tests/faults # starts servers of its own, and wants the machine to itself

bench: build ## how fast it is, and what it costs
	go run ./tests/bench

bench-million: build ## what a list, a place and a map cost with a million groups (4 GB, minutes)
	go run ./tests/bench -million 1000000

clean: ## back to a fresh clone; your data stays
	rm -rf withus .bin .squeezed node_modules
	find platform/ui/npm platform/place/npm platform/atlas/npm -mindepth 1 ! -name .gitignore -delete
