"""Several processes that are large at the same time, and one that tells what `time -v` would tell of them."""

import argparse
import os
import resource
import time

MEBIBYTE = 1 << 20

parser = argparse.ArgumentParser()
parser.add_argument("--processes", type=int, default=4)
parser.add_argument("--mebibytes", type=int, default=100)
arguments = parser.parse_args()

for _ in range(arguments.processes):
    if os.fork() == 0:
        block = bytearray(b"x") * (arguments.mebibytes * MEBIBYTE)
        time.sleep(0.5)  # so that all of them are there at once
        os._exit(0)
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
# the largest process, in KiB: the number that `time -v` prints as "Maximum resident set size"
largest = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(f"Maximum resident set size (kbytes): {largest}")
