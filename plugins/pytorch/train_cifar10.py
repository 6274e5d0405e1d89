#!/usr/bin/env python3
"""Trains an image classifier with PyTorch: the same job as tidemark-train, and its peer in every comparison. By hand:

    plugins/pytorch/train_cifar10.py --model baseline --batch-size 16 --epochs 1

In a sweep it is the workload `train-pytorch`."""

import importlib.util
import os
import sys
from pathlib import Path

import tidemark_events as events
from options import read_options

DEBIANS_PYTHON = "/usr/bin/python3"


def require_torch():
    """The first python3 of the PATH need not be the one that Debian's python3-torch belongs to."""
    if importlib.util.find_spec("torch"):
        return
    if os.access(DEBIANS_PYTHON, os.X_OK) and os.path.realpath(DEBIANS_PYTHON) != os.path.realpath(sys.executable):
        os.execv(DEBIANS_PYTHON, [DEBIANS_PYTHON, *sys.argv])
    sys.exit(f"train_cifar10: {sys.executable} has no PyTorch; install it with `sudo apt-get install python3-torch`, or "
             "put a python3 that has it first on the PATH")


def last_line(error):
    """What went wrong in a worker comes with its whole stack; the last line says it."""
    return next((line for line in reversed(str(error).splitlines()) if line.strip()), type(error).__name__).strip()


def main():
    options = read_options(sys.argv[1:])
    require_torch()
    options.threads = options.threads or len(os.sched_getaffinity(0))
    # torch.set_num_threads does not reach OpenBLAS, which reads its number when it is loaded
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(options.threads))
    events.phase("import")
    import torch

    from training import Session, resident_bytes

    try:
        Session(options, resident_bytes()).run()
    except (ValueError, RuntimeError, MemoryError) as error:
        message = last_line(error)
        known = (MemoryError, torch.cuda.OutOfMemoryError)
        if isinstance(error, known) or "allocate memory" in str(error) or "out of memory" in str(error):
            events.info("out_of_memory", message)
        sys.exit(f"train_cifar10: {message}")


if __name__ == "__main__":
    main()
