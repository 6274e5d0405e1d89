#!/usr/bin/python3
"""What the peer's models compute with weights and images that both languages can make: the file tests/unit/trainer/parity.pt,
against which tests/unit/trainer/parity_test.cpp holds the models in C++. To write it anew, from the project's folder:

    tests/pytorch/parity.py tests/unit/trainer/parity.pt
"""

import sys
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "plugins" / "pytorch"))
from images import Synthetic  # noqa: E402
from models import make_model  # noqa: E402

MODELS = {"h2q": (256, 4), "baseline": (256, 4)}
BATCH = 4
KEPT = 256  # values of each gradient that are stored, at equal distances
IMAGES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12345, 49999]


def noise(count, stream):
    """Numbers in [-0.5, 0.5) by integers alone, so that C++ makes exactly the same."""
    x = (torch.arange(1, count + 1) * 747796405 + (stream + 1) * 2891336453) % 2**32
    x = ((x ^ (x >> 16)) * 0x45D9F3B) % 2**32
    x = ((x ^ (x >> 16)) * 0x45D9F3B) % 2**32
    return (x ^ (x >> 16)).double() / 2**32 - 0.5


def weight(name, shape, stream):
    count = shape.numel()
    values = noise(count, stream).view(shape)
    if len(shape) > 1:
        return values * 2 * (3 / (count // shape[0])) ** 0.5
    if name == "scale" or name.endswith(".scale"):
        return 0.1 + 0.1 * values
    return 0.2 * values + (1 if name.endswith(".weight") else 0)


def sampled(tensor):
    flat = tensor.detach().flatten()
    return flat[:: max(1, len(flat) // KEPT)].float()


def of_model(name):
    model = make_model(name, *MODELS[name]).double().train()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.eval()  # the only part that is left to chance
    with torch.no_grad():
        for stream, (parameter_name, parameter) in enumerate(model.named_parameters()):
            parameter.copy_(weight(parameter_name, parameter.shape, stream))
    images = noise(BATCH * 3 * 32 * 32, 1000).view(BATCH, 3, 32, 32) * 12**0.5
    labels = torch.arange(BATCH) % 10
    logits = model(images)
    nn.functional.cross_entropy(logits, labels).backward()
    found = {"logits": logits.detach().float()}
    for parameter_name, parameter in model.named_parameters():
        found[f"gradient {parameter_name}"] = sampled(parameter.grad)
        found[f"norm {parameter_name}"] = parameter.grad.norm().float()
    with torch.no_grad():
        found["logits when testing"] = model.eval()(images).float()
    return found


def everything():
    found = {f"{name} {key}": value for name in MODELS for key, value in of_model(name).items()}
    for split in ("train", "test"):
        pixels, labels = Synthetic(split == "train").read([index % 10_000 for index in IMAGES] if split == "test" else IMAGES)
        found[f"synthetic {split} pixels"] = torch.from_numpy(pixels)
        found[f"synthetic {split} labels"] = torch.from_numpy(labels)
    return found


if __name__ == "__main__":
    torch.save(everything(), sys.argv[1])
