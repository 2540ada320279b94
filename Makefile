# Everything that can be done with the project. `make` alone lists it.

PORT ?= 8080
TOOLS := scripts/with-tools

.DEFAULT_GOAL := help
.PHONY: help serve dev test strangers deny bench dearest held soak looks lighthouse perfetto build package fmt lint docs guide clean

help:
	@awk -F ':.*## ' '/^[a-z]+:.*## / && $$1 != "help" { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: ## build the release page and serve it on 127.0.0.1 (PORT=8080)
	@$(TOOLS) node scripts/serve.mjs --check $(PORT)
	@$(MAKE) --no-print-directory build
	@node scripts/serve.mjs dist $(PORT)

dev: ## serve the page and rebuild it on every change (PORT=8080)
	@$(TOOLS) trunk serve --offline --address 127.0.0.1 --port $(PORT)

test: build package guide deny ## run every test there is
	cargo test
	$(TOOLS) scripts/test-wasm
	$(TOOLS) scripts/test-package
	$(TOOLS) node --test tests/serve/
	$(TOOLS) scripts/test-strangers
	$(TOOLS) scripts/test-page
	BROWSER=firefox $(TOOLS) scripts/test-page

strangers: build package ## try only what was made to run, read, freeze or kill: command line, package, page
	cargo test --test native strangers
	$(TOOLS) scripts/test-strangers
	$(TOOLS) scripts/test-page strangers.spec.mjs
	BROWSER=firefox $(TOOLS) scripts/test-page strangers.spec.mjs

deny: ## check licences, sources and known faults of what comes from others, as far as the network allows
	@$(TOOLS) scripts/deny

bench: build ## measure the scheduler and the page against their targets
	@$(TOOLS) scripts/bench $(ARGS)
	@$(TOOLS) node benches/page.mjs

dearest: ## look for the dearest scenario that is accepted: processor time and memory of each (Linux)
	cargo build --release --quiet --bin accelerando-app
	@$(TOOLS) node benches/dearest.mjs $(ARGS)

held: build ## open what is dear: how long the page's main thread is busy at a time
	cargo build --quiet
	@$(TOOLS) node benches/held.mjs

soak: build ## run it ten thousand times and open two hundred views: memory stays flat
	@$(TOOLS) node benches/soak.mjs

looks: ## take the pictures anew that the page's looks are compared with
	@$(TOOLS) scripts/test-page looks.spec.mjs --update-snapshots=all

lighthouse: build ## have Lighthouse judge the release page as a phone loads it
	@$(TOOLS) scripts/lighthouse

perfetto: ## open an exported trace in Perfetto itself, and print what it makes of it
	@$(TOOLS) scripts/perfetto

build: ## build the release page into dist/ and print what it weighs
	@$(TOOLS) scripts/build-page
	@node scripts/sizes.mjs dist

package: ## build the npm package into pkg/
	@$(TOOLS) wasm-pack build --mode no-install --profile npm --target web --out-dir pkg --no-default-features --features api,zones
	@rm -f pkg/.gitignore
	@node scripts/renewed.mjs pkg/accelerando.js pkg/accelerando.d.ts pkg/accelerando_bg.wasm.d.ts
	@cp docs/javascript.md pkg/README.md
	@cp LICENSE-APACHE LICENSE-MIT pkg/
	@cargo run --quiet --locked --example still -- --parts | $(TOOLS) node scripts/build-view.mjs pkg/accelerando-view.js
	@cp public/embed/custom-elements.json pkg/
	@cd pkg && npm pkg set 'files[]=LICENSE-*' 'files[]=accelerando-view.js' 'files[]=custom-elements.json' \
		'sideEffects[]=./accelerando-view.js' customElements=custom-elements.json

fmt: ## format everything
	cargo fmt

lint: ## format and clippy, native and wasm, warnings are errors
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	$(TOOLS) cargo clippy --target wasm32-unknown-unknown --no-default-features --features page --lib --bins --test browser -- -D warnings
	$(TOOLS) cargo clippy --target wasm32-unknown-unknown --no-default-features --features api,zones --lib -- -D warnings

docs: guide ## build the documentation of the crate, broken links are errors, and the guide
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps

guide: build ## build the guide with live views, and examples in VitePress and plain HTML
	@$(TOOLS) scripts/build-sites

clean: ## remove everything that was built
	cargo clean
	rm -rf dist pkg test-results
