"""A reader's own training program, as the README calls it: takes a batch size, prints an accuracy."""

import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--batch-size", type=int, default=16)
batch = [float(i) for i in range(parser.parse_args().batch_size * 1000)]
print(f"accuracy {90 + len(batch) % 7}.5%")
