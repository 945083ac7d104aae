# The front door. `make demo` and `make test` work on a bare Debian 12 as root; they never train and never need the network
# for more than Debian's packages.

BUILD := build
JOBS := $(shell nproc)
DEMO := $(BUILD)/demo
# Posts of `make bench`.
POSTS := models/trimod/demo.jsonl
# Posts of `make bench-peers`: a folder that holds twitter2015/valid.txt and captions.tsv beside it.
DATA :=
PEERS_VENV := $(BUILD)/peers-venv

.PHONY: help demo test test-training bench asan docs format clean deps build bench-peers

help:
	@echo "make demo    install, build, compile the bundled model, tag some posts"
	@echo "make test    install, build, run every test"
	@echo "make bench   install, build, measure kernels and tagger beside the machine's limits (POSTS=FILE: on these posts)"
	@echo "make test-training   tests of the trainers, in an environment that has their Python packages"
	@echo "make asan    the same tests under AddressSanitizer"
	@echo "make bench-peers DATA=FOLDER   speed beside PyTorch, ONNX Runtime and OpenVINO (6 GB of Python packages)"
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

test-training:
	python3 models/trimod/train/test_training.py
	python3 models/hashtag/train/test_segmentation.py

bench: build
	$(BUILD)/bin/trimod-bench --posts $(POSTS) --json $(BUILD)/bench.json --svg $(BUILD)/roofline.svg

asan: deps
	cmake --preset asan
	cmake --build build-asan --parallel $(JOBS)
	ctest --test-dir build-asan --output-on-failure

$(PEERS_VENV)/installed: tools/peers/requirements.txt
	python3 -m venv --clear $(PEERS_VENV)
	$(PEERS_VENV)/bin/pip install $(PIP_OPTIONS) -r $<
	touch $@

bench-peers: build $(PEERS_VENV)/installed
	@test -n "$(DATA)" || { echo "expected DATA=FOLDER with twitter2015/valid.txt in it"; exit 1; }
	$(PEERS_VENV)/bin/python tools/peers/bench_peers.py --build $(BUILD) --json $(BUILD)/peers.json \
	  --posts $(DATA)/twitter2015/valid.txt --captions $(DATA)/twitter2015/captions.tsv $(PEERS_OPTIONS)

docs: build
	cmake --build $(BUILD) --target docs

format:
	git ls-files '*.cpp' '*.h' | xargs clang-format-22 -i

clean:
	rm -rf build build-asan build-ubsan build-tsan
