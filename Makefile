# latentd: what a person types. `make` alone lists it.

SWIFT ?= swift
HOST ?= 127.0.0.1
PORT ?= 8080
PROGRAM := .build/release/latentd
PEERS := .venv-peers/bin/python
SOURCES := Package.swift Sources Tests
# Variables of the build and the tests: the program itself refuses what it does not know.
RUN := env -u LATENTD_ONEDNN -u LATENTD_WARNINGS_AS_ERRORS -u LATENTD_TEST_DATA

.PHONY: help serve build test lint format fuzz differential test-kill test-peers test-onednn3 test-tls bench clean

help:
	@echo 'make serve         install what is missing, build, serve on $(HOST):$(PORT)'
	@echo 'make test          install what the tests need (270 MB from PyPI, once), run all of them'
	@echo 'make build         leaves $(PROGRAM)'
	@echo 'make format        format the source;  make lint: only look'
	@echo 'make fuzz          fuzz the HTTP layer for SECONDS=60'
	@echo 'make differential  compare the request parser with SwiftNIO'\''s'
	@echo 'make test-kill     kill the daemon KILLS=200 times at random moments, count what became of its jobs'
	@echo 'make test-peers    PyTorch, Keras and latentd compute each other'\''s models (a 3 GB install); DATA=DIR/mnist inside'
	@echo 'make test-onednn3  the kernels and the models on oneDNN 3 from PyPI (a 180 MB install)'
	@echo 'make test-tls      testssl.sh looks at the TLS of the daemon'
	@echo 'make bench         speed beside PyTorch, ONNX Runtime and FastAPI'
	@echo 'make clean         remove everything built'

serve:
	@deploy/packages.sh serve
	@$(MAKE) --no-print-directory build
	@exec $(RUN) $(PROGRAM) serve --host $(HOST) --port $(PORT)

# Without the switch for warnings, so that serving and testing share what is built.
build:
	@env -u LATENTD_WARNINGS_AS_ERRORS $(SWIFT) build -c release --product latentd

test:
	@deploy/packages.sh test
	@Tests/promtool.sh
	@SWIFT=$(SWIFT) Tests/run.sh

lint:
	@$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

format:
	@$(SWIFT) format format --in-place --parallel --recursive $(SOURCES)

fuzz: SECONDS ?= 60
fuzz:
	@SWIFT=$(SWIFT) Tests/Fuzz/run.sh $(SECONDS)

differential:
	@SWIFT=$(SWIFT) Tests/Differential/run.sh

test-kill: KILLS ?= 200
test-kill: SEED ?= 1
test-kill: build
	@$(RUN) python3 Tests/Recovery/kill.py --latentd $(PROGRAM) --kills $(KILLS) --seed $(SEED)

test-peers: build .venv-peers/peers
	@$(RUN) $(PEERS) Tests/Peers/test_interop.py --latentd $(PROGRAM)
	@$(RUN) $(PEERS) Tests/Peers/test_exchange.py --latentd $(PROGRAM) $(if $(DATA),--data-dir $(DATA))
	@$(RUN) $(PEERS) Tests/Peers/test_keras.py --latentd $(PROGRAM) $(if $(DATA),--data-dir $(DATA))

test-onednn3:
	@env -u LATENTD_WARNINGS_AS_ERRORS SWIFT=$(SWIFT) Tests/Peers/test_onednn3.sh

test-tls: build
	@command -v testssl >/dev/null || { echo 'error: Debian'\''s package testssl.sh is missing'; exit 1; }
	@$(RUN) python3 Tests/Peers/test_testssl.py --latentd $(PROGRAM)

bench: build .venv-peers/benchmarks
	@$(RUN) $(PEERS) Tests/Benchmarks/bench_train.py --latentd $(PROGRAM)
	@$(RUN) $(PEERS) Tests/Benchmarks/bench_infer.py --latentd $(PROGRAM)
	@$(RUN) $(PEERS) Tests/Benchmarks/bench_serve.py --latentd $(PROGRAM)
	@$(RUN) $(PEERS) Tests/Benchmarks/bench_forms.py --latentd $(PROGRAM)
	@$(RUN) python3 Tests/Benchmarks/bench_jobs.py --latentd $(PROGRAM)

# Stamps of their own: the environment's python is a link to the system's.
.venv-peers/peers: Tests/Peers/requirements.txt
.venv-peers/benchmarks: Tests/Benchmarks/requirements.txt Tests/Peers/requirements.txt
.venv-peers/%:
	python3 -m venv .venv-peers
	.venv-peers/bin/pip install --quiet -r $<
	@touch $@

# kserve's dependencies are many and not needed: see the file.
.venv-conformance/installed: Tests/Conformance/requirements.txt
	/usr/bin/python3 -m venv .venv-conformance
	.venv-conformance/bin/pip install --quiet --no-deps --no-compile -r $<
	@touch $@

clean:
	rm -rf .build .build-fuzz .build-differential .build-onednn3 .venv-peers .venv-onednn .venv-conformance
