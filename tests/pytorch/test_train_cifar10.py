"""Tests of the workload train-pytorch, those that need PyTorch."""

import support

support.needs_torch()

import contextlib  # noqa: E402
import io  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import tempfile  # noqa: E402
import unittest  # noqa: E402
from pathlib import Path  # noqa: E402
from types import SimpleNamespace  # noqa: E402

import numpy as np  # noqa: E402
import torch  # noqa: E402

import images  # noqa: E402
import models  # noqa: E402
import options  # noqa: E402
import parity  # noqa: E402
import training  # noqa: E402

torch.set_num_threads(1)


def quick(**given):
    """Options of a job of a second or two."""
    small = {"model": "baseline", "hidden": 16, "train_samples": 40, "test_samples": 16, "epochs": 2, "batch_size": 16,
             "threads": 1, "device": "cpu"}
    defaults = {name: parameter["default"] for name, parameter in options.PARAMETERS.items()}
    return SimpleNamespace(**{**defaults, **small, **given})


def train(**given):
    """The events of a training, metrics by name as lists, and what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "events.jsonl"
        os.environ["TIDEMARK_EVENTS"] = str(file)
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                training.Session(quick(**given), training.resident_bytes()).run()
        finally:
            del os.environ["TIDEMARK_EVENTS"]
        events = [json.loads(line) for line in file.read_text().splitlines()]
    found = {}
    for event in events:
        if event["event"] in ("metric", "info"):
            found.setdefault(event["name"], []).append(event["value"])
    return SimpleNamespace(events=events, values=found, printed=printed.getvalue())


class Models(unittest.TestCase):
    def test_have_exactly_the_parameters_of_the_document(self):
        h2q, baseline = models.H2Q(), models.Baseline()
        self.assertEqual(h2q.parts(), {"stem": 38_976, "to_quaternion": 17_152, "stages": 13_635_976, "head": 264_970})
        self.assertEqual(models.parameter_count(h2q), 13_957_074)
        self.assertEqual(models.parameter_count(baseline), 559_178)

    def test_compute_what_the_stored_file_says(self):
        stored = torch.load(Path(__file__).parents[1] / "unit" / "trainer" / "parity.pt")
        found = parity.everything()
        self.assertEqual(found.keys(), stored.keys())
        for name, tensor in found.items():
            # gradients that are zero but for rounding are those below the absolute bound
            self.assertTrue(torch.allclose(tensor.float(), stored[name].float(), rtol=1e-4, atol=1e-6),
                            f"{name}; tests/pytorch/parity.py writes the file anew")

    def test_checkpointing_changes_neither_gradients_nor_statistics(self):
        for name in ("h2q", "baseline"):
            found = {}
            for checkpointing in ("none", "stage", "block"):
                torch.manual_seed(3)
                model = models.make_model(name, 16, 3).train()
                model.checkpointing = checkpointing
                batch = torch.randn(2, 3, 32, 32)
                model(batch).square().sum().backward()
                found[checkpointing] = [one.grad for one in model.parameters()] + [
                    value for key, value in model.named_buffers() if "running" in key]
            for checkpointing in ("stage", "block"):
                for plain, recomputed in zip(found["none"], found[checkpointing]):
                    self.assertTrue(torch.equal(plain, recomputed), f"{name}, {checkpointing}")

    def test_a_width_that_cannot_be_grouped_is_refused(self):
        with self.assertRaisesRegex(ValueError, "^h2q cannot divide 52 channels into 3 groups at hidden 52; choose a multiple "
                                                "of 16 for hidden$"):
            models.H2Q(52, 4)


class Data(unittest.TestCase):
    def test_batches_do_not_depend_on_the_workers(self):
        found = []
        for workers in (0, 2):
            job = quick(workers=workers)
            order = images.Order(50, 16, shuffle_seed=7)
            order.epoch = 3
            found.append(list(images.make_loader(images.Synthetic(True), order, job, augment=True)))
        self.assertEqual([len(labels) for _, labels in found[0]], [16, 16, 16, 2])
        for (own_images, own_labels), (images_of_worker, labels_of_worker) in zip(*found):
            self.assertTrue(torch.equal(own_images, images_of_worker))
            self.assertTrue(torch.equal(own_labels, labels_of_worker))

    def test_each_epoch_has_all_images_in_an_order_of_its_own(self):
        order = images.Order(50, 16, shuffle_seed=7)
        epochs = []
        for order.epoch in (1, 2):
            epochs.append([index for indices, _ in order for index in indices])
            self.assertEqual(sorted(epochs[-1]), list(range(50)))
        self.assertNotEqual(epochs[0], epochs[1])

    def test_the_last_group_counts_the_images_that_it_has(self):
        order = images.Order(50, 16)
        self.assertEqual([order.images_of(first, 2) for first in (0, 2)], [32, 18])
        self.assertEqual(len(images.Order(50, 16, drop_last=True)), 3)
        self.assertEqual(images.Order(50, 16, drop_last=True).images_of(2, 2), 16)

    def test_pixels_are_normalised_by_channel(self):
        white = SimpleNamespace(read=lambda indices: (np.full((1, 3, 32, 32), 255, np.uint8), np.array([4])))
        batch, labels = images.Batches(white, augment=False)[[0], 0]
        expected = torch.tensor([(1 - mean) / deviation for mean, deviation in zip(images.MEAN, images.DEVIATION)])
        self.assertTrue(torch.allclose(batch, expected.view(1, 3, 1, 1).expand(1, 3, 32, 32), atol=1e-6))
        self.assertEqual(labels.tolist(), [4])

    def test_augmented_images_are_shifted_crops_and_their_mirror_images(self):
        pixels = np.arange(1, 1 + 32 * 32, dtype=np.int64).reshape(1, 1, 32, 32).repeat(200, 0)
        crops = images.Batches._augmented(pixels, np.random.default_rng(1))
        padded = np.pad(pixels[0, 0], 4)
        possible = {padded[y : y + 32, x : x + 32].tobytes() for y in range(9) for x in range(9)}
        possible |= {np.ascontiguousarray(padded[y : y + 32, x : x + 32][:, ::-1]).tobytes() for y in range(9) for x in range(9)}
        found = {np.ascontiguousarray(crop[0]).tobytes() for crop in crops}
        self.assertTrue(found <= possible)
        self.assertGreater(len(found), 100)

    def cifar(self, folder, name="test_batch.bin", size=30_730_000, label=9):
        inside = Path(folder) / "cifar-10-batches-bin"
        inside.mkdir()
        with open(inside / name, "wb") as file:
            file.truncate(size)
            file.seek(3073)
            file.write(bytes([label]) + bytes(range(256)) * 12)
        return inside / name

    def test_cifar10_is_read_record_by_record(self):
        with tempfile.TemporaryDirectory() as folder:
            self.cifar(folder)
            pixels, labels = images.Cifar10(folder, train=False).read([1, 0])
            self.assertEqual(labels.tolist(), [9, 0])
            self.assertEqual(pixels[0].tobytes(), bytes(range(256)) * 12)
            self.assertFalse(pixels[1].any())

    def test_what_is_not_cifar10_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            file = self.cifar(folder, size=30_729_999, label=10)
            with self.assertRaisesRegex(ValueError, f"^{file} has 30729999 bytes, a file of CIFAR-10 has 30730000; it is cut short "
                                                    "or another file$"):
                images.Cifar10(folder, train=False)
            os.truncate(file, 30_730_000)
            with self.assertRaisesRegex(ValueError, f"^{file}: the label at offset 3073 is 10, not 0 to 9; the file is not CIFAR-10$"):
                images.Cifar10(folder, train=False).read([1])
            with self.assertRaisesRegex(ValueError, "data_batch_1.bin: No such file or directory; data_dir must be the folder that "
                                                    "holds cifar-10-batches-bin/$"):
                images.Cifar10(folder, train=True)
        with self.assertRaisesRegex(ValueError, "^the dataset cifar10 needs data_dir, the folder that holds cifar-10-batches-bin/: "
                                                "--set data_dir=DIR in a sweep"):
            images.Cifar10(None, train=True)

    def test_more_images_than_there_are_is_refused(self):
        with self.assertRaisesRegex(ValueError, "^test_samples is 10001, but synthetic has only 10000 images to test with$"):
            images.open_images(quick(test_samples=10_001), train=False)


class Training(unittest.TestCase):
    def test_tells_metrics_phases_and_progress(self):
        told = train()
        phases = [event["name"] for event in told.events if event["event"] == "phase"]
        self.assertEqual(phases, ["data", "model", "train", "evaluate", "train", "evaluate"])
        for name in ("loss", "accuracy", "test_loss", "epoch_s"):
            self.assertEqual(len(told.values[name]), 2, name)
        self.assertEqual(told.values["optimizer_steps"], [6])
        self.assertEqual(told.values["params"], [models.parameter_count(models.Baseline(16))])
        self.assertEqual(told.values["params_features"][0] + told.values["params_head"][0], told.values["params"][0])
        last = [event for event in told.events if event["event"] == "progress" and event["step"] == 3]
        self.assertEqual([(event["total"], event["epoch"], event["epochs"]) for event in last], [(3, 1, 2), (3, 2, 2)])
        described = {metric["name"] for metric in options.DESCRIPTION["metrics"]}
        self.assertLessEqual({"accuracy", "loss", "images_per_s", "params", "model_bytes"}, described & told.values.keys())
        self.assertIn("RESULT (synthetic data)", told.printed)

    def test_model_bytes_are_parameters_gradients_moments_and_buffers(self):
        params = models.parameter_count(models.Baseline(16))
        buffers = sum(one.numel() * one.element_size() for one in models.Baseline(16).buffers())
        steps_of_adam = 4 * len(list(models.Baseline(16).parameters()))  # its counter of steps is a tensor per parameter
        self.assertEqual(train().values["model_bytes"], [16 * params + buffers + steps_of_adam])
        self.assertEqual(train(optimizer="sgd").values["model_bytes"], [8 * params + buffers])
        self.assertEqual(train(optimizer="sgd", momentum=0.9).values["model_bytes"], [12 * params + buffers])

    def test_the_same_seed_gives_the_same_losses(self):
        told = train()
        self.assertEqual(told.values["loss"], train(workers=1).values["loss"])
        self.assertNotEqual(told.values["loss"], train(seed=2).values["loss"])

    def test_learns(self):
        losses = train(epochs=4, lr=3e-3, train_samples=96).values["loss"]
        self.assertLess(losses[-1], losses[0] - 0.05)

    def test_every_strategy_trains(self):
        plain = train().values["loss"]
        for given in ({"checkpointing": "stage"}, {"checkpointing": "block"}, {"memory_format": "channels_last"},
                      {"precision": "bf16"}):
            losses = train(**given).values["loss"]
            self.assertLess(abs(losses[0] - plain[0]), 0.05, given)
        self.assertEqual(train(checkpointing="block").values["loss"], plain)
        for optimizer in ("adam", "sgd"):
            self.assertEqual(len(train(optimizer=optimizer).values["loss"]), 2)

    def test_accumulated_gradients_are_those_of_the_large_batch_but_for_batch_norm(self):
        found = []
        for batch_size, accumulation in ((32, 1), (8, 4)):
            torch.manual_seed(1)
            session = training.Session(quick(batch_size=batch_size, accumulation=accumulation), 0)
            session.model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3072, 10))
            session.loss = torch.nn.CrossEntropyLoss(reduction="sum")
            session.optimizer = torch.optim.SGD(session.model.parameters(), lr=1)
            session.scaler = torch.cuda.amp.GradScaler(enabled=False)
            session.train_order = images.Order(40, batch_size, shuffle_seed=1)
            session.train_loader = images.make_loader(images.Synthetic(True), session.train_order, session.options, False)
            session.train_epoch(1)
            self.assertEqual(session.steps, 2)
            found.append(session.model[1].weight)
        self.assertTrue(torch.allclose(*found, rtol=1e-4, atol=1e-6))

    def test_what_cannot_be_done_is_refused(self):
        with self.assertRaisesRegex(ValueError, "^there is no full batch to train with: batch_size is larger than the data, and "
                                                "drop_last is set$"):
            train(batch_size=64, drop_last=True)
        with self.assertRaisesRegex(ValueError, "^precision fp16 needs a GPU: PyTorch computes bf16 and fp32 on a CPU$"):
            train(precision="fp16")
        with self.assertRaisesRegex(ValueError, "^the allocator mimalloc is not loaded; it comes with the Debian package "
                                                "libmimalloc2.0, and `tidemark run` preloads it$"):
            train(allocator="mimalloc")
        with self.assertRaisesRegex(ValueError, "^the allocator glibc_mmap needs MALLOC_MMAP_THRESHOLD_=131072 in the "
                                                "environment; `tidemark run` sets it$"):
            train(allocator="glibc_mmap")

    @unittest.skipIf(torch.cuda.is_available(), "there is a GPU")
    def test_a_gpu_that_is_not_there_is_told(self):
        with self.assertRaisesRegex(ValueError, "^device is cuda, but this PyTorch sees no GPU; use device: cpu or auto$"):
            train(device="cuda")


if __name__ == "__main__":
    support.run_tests()
