"""The images to train with, and the way from them to batches. NumPy alone reads and augments; nothing is mapped into
memory or held there as a whole."""

import os

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from torch.utils.data import DataLoader, Dataset, Sampler

CHANNELS, SIDE = 3, 32
PIXELS = CHANNELS * SIDE * SIDE
PADDING = 4  # of the random crops
MEAN = (0.4914, 0.4822, 0.4465)
DEVIATION = (0.2023, 0.1994, 0.2010)


class Cifar10:
    """The official binary files: records of a label and 3072 pixels. They are read record by record with preadv, for the
    pages of a mapped file would count as memory of the process."""

    RECORDS = 10_000  # of each file
    RECORD_SIZE = 1 + PIXELS
    FOLDER = "cifar-10-batches-bin"

    def __init__(self, folder, train):
        if not folder:
            raise ValueError(
                f"the dataset cifar10 needs data_dir, the folder that holds {self.FOLDER}/: --set data_dir=DIR in a sweep, "
                "--data-dir DIR by hand; the dataset synthetic needs no files")
        names = [f"data_batch_{number}.bin" for number in range(1, 6)] if train else ["test_batch.bin"]
        self.paths = [os.path.join(folder, self.FOLDER, name) for name in names]
        self.files = [self._open(path) for path in self.paths]

    def _open(self, path):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise ValueError(f"cannot read {path}: {error.strerror}; data_dir must be the folder that holds "
                             f"{self.FOLDER}/") from None
        size = os.fstat(descriptor).st_size
        if size != self.RECORDS * self.RECORD_SIZE:
            raise ValueError(f"{path} has {size} bytes, a file of CIFAR-10 has {self.RECORDS * self.RECORD_SIZE}; it is cut "
                             "short or another file")
        return descriptor

    def __len__(self):
        return len(self.files) * self.RECORDS

    def read(self, indices):
        records = np.empty((len(indices), self.RECORD_SIZE), np.uint8)
        for record, index in zip(records, indices):
            file, offset = index // self.RECORDS, index % self.RECORDS * self.RECORD_SIZE
            if os.preadv(self.files[file], [record], offset) != self.RECORD_SIZE:
                raise ValueError(f"{self.paths[file]} ends at offset {offset}, within a record")
            if record[0] >= 10:
                raise ValueError(f"{self.paths[file]}: the label at offset {offset} is {record[0]}, not 0 to 9; the file is "
                                 "not CIFAR-10")
        return records[:, 1:].reshape(-1, CHANNELS, SIDE, SIDE), records[:, 0].astype(np.int64)


class _SplitMix64:
    """As many streams of random numbers as there are indices (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195):
    the numbers are those of plugins/trainer/datasets/random.hpp."""

    STEP = 0x9E3779B97F4A7C15

    def __init__(self, seed, indices):
        first = self._mix(np.array([self._wrapped(seed + self.STEP)]))
        self.state = (first ^ np.asarray(indices, np.uint64))[:, None]

    @staticmethod
    def _wrapped(number):
        return np.uint64(number % 2**64)

    @staticmethod
    def _mix(z):
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))

    def uniform(self, count, low, high):
        """The next `count` numbers in [low, high) of each stream."""
        numbers = self._mix(self.state + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(self.STEP))
        self.state = self.state + self._wrapped(count * self.STEP)
        share = (numbers >> np.uint64(40)).astype(np.float32) * np.float32(2**-24)
        return np.float32(low) + np.float32(high - low) * share


class Synthetic:
    """Figures of ten kinds on a noisy ground, made up from nothing but their index: the images of
    plugins/trainer/datasets/synthetic.cpp, pixel for pixel."""

    NOISE = 50  # peak to peak, in grey levels
    FIGURES = 5

    def __init__(self, train):
        self.size = 50_000 if train else 10_000
        self.seed = 0x74696465 if train else 0x6D61726B

    def __len__(self):
        return self.size

    def read(self, indices):
        random = _SplitMix64(self.seed, indices)
        labels = np.asarray(indices, np.int64) % (2 * self.FIGURES)
        x, y = random.uniform(2, 11, 21).T[..., None, None]
        radius = random.uniform(1, 6, 11)[..., None]
        colours = self._figure_colours(labels < self.FIGURES, random)
        grounds = random.uniform(3, 50, 190)[:, None, None, :]
        slopes = random.uniform(1, -2, 2)[..., None, None]  # of the ground's brightness, in grey levels a row
        covered = self._covered(labels % self.FIGURES, x, y, radius)[..., None]
        rows = (np.arange(SIDE, dtype=np.float32) - SIDE // 2)[None, :, None, None]
        light = np.where(covered, colours[:, None, None, :], grounds + slopes * rows)
        light += random.uniform(PIXELS, -self.NOISE / 2, self.NOISE / 2).reshape(light.shape)
        pixels = np.clip(light, 0, 255).astype(np.uint8)
        return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)), labels

    @staticmethod
    def _figure_colours(warm, random):
        strong, middle, weak = random.uniform(1, 150, 235), random.uniform(1, 70, 160), random.uniform(1, 30, 110)
        return np.where(warm[:, None], np.hstack([strong, middle, weak]), np.hstack([weak, middle, strong]))

    @staticmethod
    def _covered(kind, x, y, radius):
        column = np.arange(SIDE, dtype=np.float32)[None, None, :]
        row = np.arange(SIDE, dtype=np.float32)[None, :, None]
        dx, dy = np.abs(column - x), np.abs(row - y)
        distance = np.hypot(dx, dy)
        inside = (dx <= radius) & (dy <= radius)
        disc = distance <= radius
        stripe = np.trunc(row - y + radius).astype(np.int64)
        kinds = [disc,
                 disc & (distance >= np.float32(0.55) * radius),
                 inside,
                 inside & ((dx <= np.float32(0.3) * radius) | (dy <= np.float32(0.3) * radius)),
                 inside & (stripe // 2 % 2 == 0)]
        return np.choose(kind[:, None, None], kinds)


def open_images(options, train):
    images = Cifar10(options.data_dir, train) if options.dataset == "cifar10" else Synthetic(train)
    wanted = options.train_samples if train else options.test_samples
    if wanted > len(images):
        raise ValueError(f"{'train' if train else 'test'}_samples is {wanted}, but {options.dataset} has only {len(images)} "
                         f"images to {'train' if train else 'test'} with")
    return images, wanted or len(images)


class Batches(Dataset):
    """Whole batches by the indices of their images: far quicker than image by image, and as NumPy is meant."""

    def __init__(self, images, augment):
        self.images = images
        self.augment = augment
        self.scale = torch.tensor([1 / (255 * deviation) for deviation in DEVIATION]).view(CHANNELS, 1, 1)
        self.offset = torch.tensor([-mean / deviation for mean, deviation in zip(MEAN, DEVIATION)]).view(CHANNELS, 1, 1)

    def __getitem__(self, batch):
        indices, seed = batch
        pixels, labels = self.images.read(indices)
        if self.augment:
            pixels = self._augmented(pixels, np.random.default_rng(seed))
        return torch.from_numpy(pixels).float().mul_(self.scale).add_(self.offset), torch.from_numpy(labels)

    @staticmethod
    def _augmented(pixels, random):
        count = len(pixels)
        padded = np.pad(pixels, ((0, 0), (0, 0), (PADDING, PADDING), (PADDING, PADDING)))
        shifts = random.integers(0, 2 * PADDING + 1, (2, count))
        crops = sliding_window_view(padded, (SIDE, SIDE), axis=(2, 3))[np.arange(count), :, shifts[0], shifts[1]]
        mirrored = random.integers(0, 2, count, bool)
        crops[mirrored] = crops[mirrored, :, :, ::-1]
        return crops


class Order(Sampler):
    """The batches of an epoch, as indices with a seed for the augmentation: they depend on the seed and the epoch alone,
    not on the workers."""

    def __init__(self, size, batch_size, drop_last=False, shuffle_seed=None):
        self.size, self.batch_size, self.drop_last, self.shuffle_seed = size, batch_size, drop_last, shuffle_seed
        self.epoch = 0

    def __len__(self):
        return self.size // self.batch_size if self.drop_last else -(-self.size // self.batch_size)

    def images_of(self, first, count):
        """How many images the batches from `first` on have."""
        last = min(first + count, len(self))
        return min(last * self.batch_size, self.size) - first * self.batch_size

    def __iter__(self):
        if self.shuffle_seed is None:
            order = range(self.size)
        else:
            generator = torch.Generator().manual_seed(self.shuffle_seed * 1_000_003 + self.epoch)
            order = torch.randperm(self.size, generator=generator).tolist()
        for number in range(len(self)):
            begin = number * self.batch_size
            yield order[begin : begin + self.batch_size], (self.shuffle_seed or 0, self.epoch, number)


def make_loader(images, order, options, augment):
    # Workers end with their epoch: to fork them anew takes some milliseconds, while those that persist would stay in
    # memory for training and testing at once.
    ahead = {"prefetch_factor": options.prefetch} if options.workers > 0 else {}
    return DataLoader(Batches(images, augment), sampler=order, batch_size=None, num_workers=options.workers,
                      pin_memory=options.pin_memory, **ahead)
