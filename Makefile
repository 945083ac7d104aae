# The front door. `make demo` and `make test` work on a bare Debian 12 as root; they never train and never need the network
# for more than Debian's packages.

BUILD := build
JOBS := $(shell nproc)
DEMO := $(BUILD)/demo

.PHONY: help demo test asan docs format clean deps build

help:
	@echo "make demo    install, build, compile the bundled model, tag some posts"
	@echo "make test    install, build, run every test"
	@echo "make asan    the same tests under AddressSanitizer"
	@echo "make docs    write docs/dialect.md and docs/passes.md from TableGen"
	@echo "make format  clang-format our sources"

deps:
	@scripts/install-deps.sh

$(BUILD)/build.ninja: | deps
	cmake --preset release

build: deps $(BUILD)/build.ninja
	cmake --build $(BUILD) --parallel $(JOBS)

demo: build
	@echo
	@scripts/show-entities.sh $(DEMO)/tagger models/trimod/demo.jsonl
	@echo
	@echo "The tagger:                     $(DEMO)/tagger   (--help)"
	@echo "The program after each phase:   $(DEMO)/phases/"
	@echo "Try it:  echo '{\"text\": \"Angela Merkel visits Paris\"}' | $(DEMO)/tagger"

test: build
	ctest --test-dir $(BUILD) --output-on-failure

asan: deps
	cmake --preset asan
	cmake --build build-asan --parallel $(JOBS)
	ctest --test-dir build-asan --output-on-failure

docs: build
	cmake --build $(BUILD) --target docs

format:
	git ls-files '*.cpp' '*.h' | xargs clang-format-22 -i

clean:
	rm -rf build build-asan build-ubsan build-tsan
