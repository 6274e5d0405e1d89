"""Stands for your program: takes memory by the batch size, and tells a figure.  train.py --batch-size N"""

import argparse
import json
import os

BYTES_OF_A_SAMPLE = 256 * 1024

parser = argparse.ArgumentParser()
parser.add_argument("--batch-size", type=int, required=True)
batch = bytearray(parser.parse_args().batch_size * BYTES_OF_A_SAMPLE)
loss = sum(batch[:: 4096]) / len(batch)

events = os.environ.get("TIDEMARK_EVENTS")
if events:
    with open(events, "a") as out:
        out.write(json.dumps({"event": "metric", "name": "loss", "value": loss}) + "\n")
