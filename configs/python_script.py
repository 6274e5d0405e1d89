"""Somebody's training script: a perceptron in plain Python that prints how well it does. It knows nothing of Tidemark."""

import argparse
import random

FEATURES = 16
SAMPLES = 1 << 17

parser = argparse.ArgumentParser()
parser.add_argument("--batch-size", type=int, default=1024)
parser.add_argument("--epochs", type=int, default=1)
arguments = parser.parse_args()

source = random.Random(7)
truth = [source.gauss(0, 1) for _ in range(FEATURES)]


def side(weights, sample):
    return sum(map(float.__mul__, weights, sample)) > 0


def make_batch(size):
    samples = [[source.uniform(-1, 1) for _ in range(FEATURES)] for _ in range(size)]
    return samples, [side(truth, sample) for sample in samples]


weights = [0.0] * FEATURES
for epoch in range(1, arguments.epochs + 1):
    right = 0
    for _ in range(SAMPLES // arguments.batch_size):
        samples, labels = make_batch(arguments.batch_size)
        for sample, label in zip(samples, labels):
            guess = side(weights, sample)
            right += guess == label
            if guess != label:
                step = 0.1 if label else -0.1
                weights = [weight + step * value for weight, value in zip(weights, sample)]
    print(f"epoch {epoch}: accuracy {right / SAMPLES:.2%}")
