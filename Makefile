# make demo, make test, make test-slow: each first makes .venv and installs into it what it needs.
# Needs Python 3.11 to 3.13 with venv; choose one with `make PYTHON=python3.12 ...`.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test test-slow export clean

help:
	@echo "make demo        count, train and evaluate on an embedded data set: the whole job in a few minutes"
	@echo "make test        the checks of the repository, and every notebook with its tests"
	@echo "make test-slow   the tests that take longer, at their full size"
	@echo "make export      write shiftlit/ and README.md anew from the notebooks"
	@echo "make clean       remove .venv"

demo: $(BIN)/.installed
	$(BIN)/shiftlit-demo

test: $(BIN)/.installed
	$(BIN)/python .ci/check.py

test-slow: $(BIN)/.installed
	$(BIN)/python .ci/check.py --slow

export: $(BIN)/.installed
	$(BIN)/nbdev_export
	$(BIN)/python .ci/readme.py

# The stamp is written last: an install that was interrupted is taken up again.
$(BIN)/.installed: settings.ini setup.py constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else \
	    f"shiftlit needs Python 3.11 to 3.13, and $(PYTHON) is {v[0]}.{v[1]}; choose another with: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	@echo "Installing into .venv: PyTorch and what it needs are several GB, this takes some minutes."
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --upgrade pip
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

clean:
	rm -rf .venv
