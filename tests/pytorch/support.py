"""For the tests in this folder: where the program is, and a visible end where PyTorch is missing."""

import importlib.util
import os
import sys
import unittest
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[2] / "plugins" / "pytorch"
SKIPPED = 77  # what CTest is told to take for a test that was skipped
DEBIANS_PYTHON = "/usr/bin/python3"

sys.path.insert(0, str(PROGRAM))
sys.dont_write_bytecode = True


def needs_torch():
    """Goes on with Debian's own Python where the first one of the PATH has no PyTorch."""
    if importlib.util.find_spec("torch"):
        return
    if os.path.exists(DEBIANS_PYTHON) and not os.environ.get("TIDEMARK_TEST_SECOND_PYTHON"):
        os.environ["TIDEMARK_TEST_SECOND_PYTHON"] = "1"
        os.execv(DEBIANS_PYTHON, [DEBIANS_PYTHON, *sys.argv])
    print("skipped: needs PyTorch (sudo apt-get install python3-torch)")
    sys.exit(SKIPPED)


def run_tests():
    unittest.main(verbosity=2)
