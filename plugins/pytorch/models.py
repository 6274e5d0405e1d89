"""The two networks of the comparison, layer for layer those of plugins/trainer/models, parameter names included."""

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

CLASSES = 10
STEM_CHANNELS = 64
QUATERNION = 4
CHANNELS_PER_GROUP = 16
SMALLEST_LENGTH = 1e-12  # of a quaternion, against division by zero


def parameter_count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def normalise_quaternions(features):
    batch, channels, height, width = features.shape
    quaternions = features.view(batch, channels // QUATERNION, QUATERNION, height, width)
    # the square root of the sum of squares: a `norm` over an axis of length 4 takes many times as long.
    # Bounded before the root, whose slope at zero is infinite and would make the gradients NaN.
    length = quaternions.square().sum(2, keepdim=True).clamp_min(SMALLEST_LENGTH**2).sqrt()
    return (quaternions / length).view_as(features)


class Evolution(nn.Module):
    def __init__(self, channels):
        super().__init__()
        groups = max(1, channels // CHANNELS_PER_GROUP)
        self.spatial = nn.Conv2d(channels, channels, 3, padding=1, groups=groups)
        self.spatial_norm = nn.BatchNorm2d(channels)
        self.squeeze = nn.Conv2d(channels, channels // 4, 1)
        self.expand = nn.Conv2d(channels // 4, channels, 1)
        self.merge = nn.Conv2d(2 * channels, channels, 1)
        self.merge_norm = nn.BatchNorm2d(channels)
        self.scale = nn.Parameter(torch.full((1,), 0.1))

    def forward(self, features):
        gate = nn.functional.gelu(self.spatial_norm(self.spatial(features)))
        delta = self.scale * torch.tanh(self.expand(nn.functional.gelu(self.squeeze(gate))))
        return self.merge_norm(self.merge(torch.cat([gate + delta, gate - delta], 1))) + features


class _Recomputed:
    """One pass through modules whose activations are computed again for the backward pass instead of kept. BatchNorm
    counts each batch once: with torch's checkpoint alone it would see every batch twice."""

    def __init__(self, modules):
        self.modules = modules
        self.passes = 0

    def __call__(self, features):
        return checkpoint(self._run, features, use_reentrant=False)

    def _run(self, features):
        self.passes += 1
        if self.passes == 1:
            return _through(self.modules, features)
        norms = [one for module in self.modules for one in _modules_of(module) if isinstance(one, nn.BatchNorm2d)]
        momenta = [norm.momentum for norm in norms]
        for norm in norms:
            norm.momentum = 0.0
        try:
            return _through(self.modules, features)
        finally:
            for norm, momentum in zip(norms, momenta):
                norm.momentum = momentum


def _modules_of(step):
    return step.modules() if isinstance(step, nn.Module) else []


def _through(steps, features):
    for step in steps:
        features = step(features)
    return features


class Classifier(nn.Module):
    """From images (batch × 3 × 32 × 32, normalised) to the scores of the classes (batch × 10)."""

    checkpointing = "none"  # or "stage", or "block"

    def through_stages(self, stages, features):
        """Through the steps of each stage in turn; with checkpointing, each stage or each step is recomputed."""
        if self.checkpointing == "none" or not (self.training and torch.is_grad_enabled()):
            for stage in stages:
                features = _through(stage, features)
            return features
        for stage in stages:
            for block in [stage] if self.checkpointing == "stage" else [[step] for step in stage]:
                features = _Recomputed(block)(features)
        return features

    def parts(self):
        """The parts that share the parameters among them, each with its number."""
        return {name: parameter_count(child) for name, child in self.named_children()}


class H2Q(Classifier):
    """H2Q-Spacetime; 13,957,074 parameters at hidden 256 and depth 4."""

    def __init__(self, hidden=256, depth=4):
        super().__init__()
        channels = QUATERNION * (hidden // QUATERNION)
        self.stem = nn.Sequential(
            nn.Conv2d(3, STEM_CHANNELS, 3, padding=1), nn.BatchNorm2d(STEM_CHANNELS), nn.GELU(),
            nn.Conv2d(STEM_CHANNELS, STEM_CHANNELS, 3, padding=1), nn.BatchNorm2d(STEM_CHANNELS), nn.GELU())  # fmt: skip
        self.to_quaternion = nn.Sequential(nn.Conv2d(STEM_CHANNELS, channels, 1), nn.BatchNorm2d(channels))
        self.stages = nn.Sequential()
        self._stage_ends = []
        for stage in range(depth):
            groups = max(1, channels // CHANNELS_PER_GROUP)
            if channels % groups:
                raise ValueError(
                    f"h2q cannot divide {channels} channels into {groups} groups at hidden {hidden}; "
                    "choose a multiple of 16 for hidden")  # fmt: skip
            self.stages.extend([Evolution(channels), Evolution(channels)])
            if stage < depth - 1:
                self.stages.append(nn.MaxPool2d(2))
            if stage < depth - 2:
                self.stages.extend([nn.Conv2d(channels, 2 * channels, 1), nn.BatchNorm2d(2 * channels)])
                channels *= 2
            self._stage_ends.append(len(self.stages))
        self.head = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(channels, hidden), nn.GELU(),
            nn.Dropout(0.1), nn.Linear(hidden, CLASSES))  # fmt: skip

    def forward(self, images):
        modules = list(self.stages)
        begins = [0, *self._stage_ends]
        stages = [modules[begin:end] for begin, end in zip(begins, self._stage_ends)]
        first = [self.stem, self.to_quaternion, normalise_quaternions]
        return self.head(self.through_stages([first, *stages], images))


def _conv_block(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]


class Baseline(Classifier):
    """A plain convolutional network of three stages; 559,178 parameters at hidden 256."""

    def __init__(self, hidden=256):
        super().__init__()
        self.features = nn.Sequential(
            *_conv_block(3, 64), *_conv_block(64, 64), nn.MaxPool2d(2),
            *_conv_block(64, 128), *_conv_block(128, 128), nn.MaxPool2d(2),
            *_conv_block(128, hidden), nn.AdaptiveAvgPool2d(1), nn.Flatten())  # fmt: skip
        self.head = nn.Linear(hidden, CLASSES)

    def forward(self, images):
        layers = list(self.features)
        # in each stage two or one convolutions, each with its norm and ReLU, and the pooling behind them
        stages = [[nn.Sequential(*layers[0:3]), nn.Sequential(*layers[3:6]), layers[6]],
                  [nn.Sequential(*layers[7:10]), nn.Sequential(*layers[10:13]), layers[13]],
                  [nn.Sequential(*layers[14:17]), *layers[17:]]]  # fmt: skip
        return self.head(self.through_stages(stages, images))


def make_model(name, hidden, depth):
    return H2Q(hidden, depth) if name == "h2q" else Baseline(hidden)
