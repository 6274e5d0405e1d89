"""Tests of the single-file helper by itself; tests/integration/own_program_test.cpp has it in real runs."""

import support  # isort: skip

import json
import os
import socket
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

import tidemark_events as tidemark


class OutsideOfARun(unittest.TestCase):
    def test_it_says_nothing(self):
        with mock.patch.dict(os.environ), mock.patch("os.open") as opened, mock.patch("socket.socket") as connected:
            for name in ("TIDEMARK_EVENTS", "TIDEMARK_PHASE"):
                os.environ.pop(name, None)
            self.assertFalse(tidemark.in_run())
            self.assertFalse(tidemark.phase("load"))
            tidemark.metric("accuracy", 0.5)
            tidemark.info("params", 7)
            tidemark.progress(1, 1)
            self.assertFalse(tidemark.progress_is_due(1, 1))
        opened.assert_not_called()
        connected.assert_not_called()

    def test_names_that_cannot_become_columns_are_refused_all_the_same(self):
        for name in ("", "Accuracy", "a b", "1st", "a" * 65, None, "a\n"):
            for tell in (lambda: tidemark.metric(name, 1), lambda: tidemark.info(name, 1), lambda: tidemark.phase(name)):
                with self.assertRaisesRegex(ValueError, r"is no name; it must match \[a-z_\]\[a-z0-9_\]\* and have at most 64"):
                    tell()


class InARun(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = Path(self.folder.name) / "events.jsonl"
        environment = mock.patch.dict(os.environ, TIDEMARK_EVENTS=str(self.file))
        environment.start()
        self.addCleanup(environment.stop)
        os.environ.pop("TIDEMARK_PHASE", None)
        tidemark._last_progress = float("-inf")

    def events(self):
        events = [json.loads(line) for line in self.file.read_text().splitlines()]
        for event in events:
            self.assertAlmostEqual(event.pop("t"), time.monotonic(), delta=60)
        return events

    def test_events_are_lines_of_json(self):
        tidemark.metric("accuracy", 0.5, epoch=2)
        tidemark.info("params", 7)
        tidemark.info("host", "Zuse's \u00e4ltester")
        self.assertEqual(self.events(), [{"event": "metric", "name": "accuracy", "value": 0.5, "epoch": 2},
                                         {"event": "info", "name": "params", "value": 7},
                                         {"event": "info", "name": "host", "value": "Zuse's \u00e4ltester"}])

    def test_what_is_not_finite_has_a_name(self):
        for value in (float("nan"), float("inf"), float("-inf")):
            tidemark.metric("loss", value)
        self.assertEqual([event["value"] for event in self.events()], ["nan", "inf", "-inf"])

    def test_progress_is_written_five_times_a_second_and_at_the_end(self):
        for step in range(1, 1001):
            tidemark.progress(step, 1000, epoch=1, epochs=2, loss=1)
        events = self.events()
        self.assertLess(len(events), 500)
        self.assertEqual(events[-1], {"event": "progress", "step": 1000, "total": 1000, "epoch": 1, "epochs": 2, "loss": 1})

    def test_a_full_disk_ends_nothing(self):
        for path in ("/dev/full", "/nowhere/events.jsonl"):
            os.environ["TIDEMARK_EVENTS"] = path
            tidemark.metric("accuracy", 0.5)

    def warden(self, answer):
        """A socket that takes one announcement, and answers it or does not. Returns what it took."""
        name = f"\0tidemark-test-{os.getpid()}-{id(self)}"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.addCleanup(listener.close)
        listener.bind(name)
        listener.listen()
        os.environ["TIDEMARK_PHASE"] = "@" + name[1:]
        taken = []

        def listen():
            connection, _ = listener.accept()
            with connection:
                taken.append(connection.recv(1000))
                if answer:
                    connection.send(b"x")
                else:
                    connection.recv(1)  # until the program has lost its patience

        thread = threading.Thread(target=listen)
        thread.start()
        self.addCleanup(thread.join)
        return taken

    def test_a_phase_is_announced_before_it_is_written(self):
        taken = self.warden(answer=True)
        self.assertTrue(tidemark.phase("load"))
        self.assertEqual(taken, [b"load"])
        self.assertEqual(self.events(), [{"event": "phase", "name": "load"}])

    def test_a_warden_that_does_not_answer_is_not_waited_for(self):
        self.warden(answer=False)
        self.assertFalse(tidemark.phase("load"))
        self.assertEqual(self.events(), [{"event": "phase", "name": "load"}])

    def test_a_warden_that_is_gone_is_no_error(self):
        os.environ["TIDEMARK_PHASE"] = "@tidemark-nobody-listens-here"
        self.assertFalse(tidemark.phase("load"))


if __name__ == "__main__":
    support.run_tests()
