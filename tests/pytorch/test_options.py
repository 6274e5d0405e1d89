"""Tests of what the workload train-pytorch does before it needs PyTorch."""

import support  # isort: skip

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import options
import train_cifar10


def start(*arguments, **environment):
    return subprocess.run([sys.executable, "-B", str(support.PROGRAM / "train_cifar10.py"), *arguments], text=True,
                          capture_output=True, env={**os.environ, **environment})


class Options(unittest.TestCase):
    def test_come_from_the_command_line_above_the_request_above_the_defaults(self):
        with tempfile.TemporaryDirectory() as folder:
            request = Path(folder) / "request.json"
            request.write_text(json.dumps({"parameters": {"batch_size": 16, "lr": 1, "engine": "train-pytorch"}}))
            with mock.patch.dict(os.environ, TIDEMARK_REQUEST=str(request)):
                read = options.read_options(["--batch-size", "8", "--drop_last", "--augment=false"])
        self.assertEqual((read.batch_size, read.lr, read.drop_last, read.augment), (8, 1.0, True, False))
        self.assertEqual((read.model, read.data_dir, read.epochs), ("h2q", None, 10))

    def test_that_are_wrong_are_told_all_at_once(self):
        said = start("--batch-size", "0", "--model", "foo", "--lr", "x", "--depth", "2.5", "--augment", "maybe")
        self.assertEqual(said.returncode, 2)
        self.assertEqual(said.stderr, (
            "train_cifar10: model: must be one of h2q, baseline, not 'foo'\n"
            "train_cifar10: batch_size: must be an integer from 1 to 65536, not 0\n"
            "train_cifar10: depth: must be an integer from 1 to 5, not 2.5\n"
            "train_cifar10: lr: must be a number from 0 to 100, not x\n"
            "train_cifar10: augment: must be true or false, not 'maybe'\n"
            "train_cifar10: train_cifar10.py --help lists the parameters\n"))

    def test_the_stored_description_is_what_the_program_says(self):
        stored = Path(os.environ["TIDEMARK_BINARY_DIR"]) / "share" / "tidemark" / "workloads" / "train-pytorch.json"
        self.assertEqual(json.loads(start("--describe").stdout), json.loads(stored.read_text()))

    def test_help_tells_every_parameter(self):
        said = start("--help").stdout
        for parameter in options.PARAMETERS.values():
            self.assertIn(parameter["meaning"], said)

    def test_without_pytorch_it_says_what_to_install(self):
        with mock.patch("importlib.util.find_spec", return_value=None), mock.patch("os.access", return_value=False):
            with self.assertRaises(SystemExit) as ended:
                train_cifar10.require_torch()
        self.assertEqual(ended.exception.code, (
            f"train_cifar10: {sys.executable} has no PyTorch; install it with `sudo apt-get install python3-torch`, or put a "
            "python3 that has it first on the PATH"))

    def test_debians_python_is_tried_where_the_first_one_has_no_pytorch(self):
        with mock.patch("importlib.util.find_spec", return_value=None), mock.patch("os.access", return_value=True), \
                mock.patch("os.path.realpath", side_effect=lambda path: path), mock.patch("sys.executable", "/opt/python3"), \
                mock.patch("os.execv", side_effect=SystemExit) as execute:
            with self.assertRaises(SystemExit):
                train_cifar10.require_torch()
        execute.assert_called_once_with("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])


if __name__ == "__main__":
    support.run_tests()
