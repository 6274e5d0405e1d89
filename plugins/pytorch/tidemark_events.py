"""What a program tells Tidemark while it runs: its phases, its metrics, how far it is.

Copy this file beside your program; it needs Python 3.6 or newer and nothing else.

    import tidemark_events as tidemark

    tidemark.phase("load")                      # from here on memory is booked on this phase, with its exact peak
    tidemark.progress(12, 50, epoch=1, epochs=10, loss=1.42)
    tidemark.metric("accuracy", 0.8712, epoch=1)
    tidemark.info("params", 13957074)

Outside a run of Tidemark every call does nothing. None of them ever raises for want of a disk or a listener: what is
told about a program must not end it. A name that cannot become a column of the results raises ValueError, in a run as
outside of one, so that it is found while the program is written.
"""

import json
import math
import os
import re
import socket
import time

__all__ = ["metric", "info", "progress", "progress_is_due", "phase", "in_run"]

_EVENTS = "TIDEMARK_EVENTS"  # the file that events are appended to
_PHASE = "TIDEMARK_PHASE"  # the warden's socket
_PATIENCE_S = 0.1  # the longest wait for the warden's answer
_LONGEST_PHASE_NAME = 200  # bytes that the warden reads
_PROGRESS_PERIOD_S = 0.2  # progress that comes more often is left out, but for the last of its steps
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,63}")

_last_progress = -math.inf


def in_run():
    """Whether Tidemark started this program."""
    return bool(os.environ.get(_EVENTS))


def metric(name, value, epoch=None):
    """A figure; with an epoch a point of a series, whose last one is the figure of the run."""
    event = {"event": "metric", "name": _checked(name), "value": _number(value)}
    if epoch is not None:
        event["epoch"] = int(epoch)
    _write(event)


def info(name, value):
    """A fact about the run: numbers become columns of the results as metrics do, texts are provenance."""
    _write({"event": "info", "name": _checked(name), "value": value if isinstance(value, str) else _number(value)})


def progress_is_due(step, total):
    """Whether `progress` would write now: for those to whom the loss is dear, such as one that lies on a GPU."""
    return in_run() and (step == total or time.monotonic() - _last_progress >= _PROGRESS_PERIOD_S)


def progress(step, total, epoch=None, epochs=None, loss=None):
    """How far the run is, for the live display; cheap enough to be called for every step."""
    global _last_progress
    if not progress_is_due(step, total):
        return
    _last_progress = time.monotonic()
    event = {"event": "progress", "step": int(step), "total": int(total)}
    for name, number in (("epoch", epoch), ("epochs", epochs)):
        if number is not None:
            event[name] = int(number)
    if loss is not None:
        event["loss"] = _number(loss)
    _write(event)


def phase(name):
    """From here on the program is in this phase. Returns whether the peak of the phase before is exact: whether the
    warden has read it and reset the mark, for which it is waited 100 ms at most."""
    exact = _announce(_checked(name))
    _write({"event": "phase", "name": name})
    return exact


def _checked(name):
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError("tidemark_events: %r is no name; it must match [a-z_][a-z0-9_]* and have at most 64 letters" % (name,))
    return name


def _number(value):
    """A bool, int or float as JSON has it; tensors and NumPy's numbers, too. What is not finite has a name."""
    if isinstance(value, (bool, int)):
        return value
    value = float(value)
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value


def _write(event):
    path = os.environ.get(_EVENTS)
    if not path:
        return
    event["t"] = time.monotonic()
    line = (json.dumps(event) + "\n").encode()
    try:
        # in one call, so that a reader sees whole lines, whichever process or thread writes them
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)
    except OSError:
        pass


def _announce(name):
    address = os.environ.get(_PHASE)
    if not address:
        return False
    if address.startswith("@"):  # the abstract namespace, unix(7)
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
            connection.settimeout(_PATIENCE_S)
            connection.connect(address)
            connection.send(name.encode()[:_LONGEST_PHASE_NAME])
            return len(connection.recv(1)) == 1
    except OSError:
        return False
