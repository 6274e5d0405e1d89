"""The training job itself: epochs of accumulated steps, each followed by a test."""

import contextlib
import math
import os
import time
from pathlib import Path

import torch
from torch import nn

import tidemark_events as events
from images import Order, make_loader, open_images
from models import make_model, parameter_count

ALLOCATORS = {"tcmalloc": "libtcmalloc-minimal4", "jemalloc": "libjemalloc2", "mimalloc": "libmimalloc2.0"}  # packages
MMAP_THRESHOLD = "131072"  # where glibc begins, before it lets it grow: mallopt(3)
RULE = "=" * 80


def blas_library():
    """The file of the BLAS that is really used, told by the process's own mappings."""
    found = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "/" in line}
    for name in ("libopenblas", "libmkl_rt", "libblas.so"):
        for path in sorted(found):
            if Path(path).name.startswith(name):
                return path
    return "unknown"


def resident_bytes():
    return _status_bytes("VmRSS:")


def _status_bytes(key):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) * 1024
    return 0


def choose_device(name):
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("device is cuda, but this PyTorch sees no GPU; use device: cpu or auto")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def require_allocator(name):
    """A library that cannot be preloaded is passed over by the loader with a line on stderr; a figure under its name
    would be wrong."""
    if name == "glibc_mmap":
        if os.environ.get("MALLOC_MMAP_THRESHOLD_") != MMAP_THRESHOLD:
            raise ValueError(f"the allocator glibc_mmap needs MALLOC_MMAP_THRESHOLD_={MMAP_THRESHOLD} in the environment; "
                             "`tidemark run` sets it")
    elif name != "glibc" and f"lib{name}" not in Path("/proc/self/maps").read_text():
        raise ValueError(f"the allocator {name} is not loaded; it comes with the Debian package {ALLOCATORS[name]}, and "
                         "`tidemark run` preloads it")


def tensor_bytes(tensors):
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


class Session:
    def __init__(self, options, initial):
        require_allocator(options.allocator)
        self.options = options
        self.initial = initial
        self.peak = initial
        self.device = choose_device(options.device)
        if options.precision == "fp16" and self.device.type == "cpu":
            raise ValueError("precision fp16 needs a GPU: PyTorch computes bf16 and fp32 on a CPU")
        torch.set_num_threads(options.threads)
        torch.manual_seed(options.seed)
        events.info("torch", torch.__version__)
        events.info("blas", blas_library())
        events.info("device", str(self.device))
        events.info("compute_threads", options.threads)
        events.info("initial_memory_bytes", initial)
        self.images = self.steps = 0
        self.train_time = 0.0

    def run(self):
        options = self.options
        self.phase("data")
        train_images, train_size = open_images(options, train=True)
        test_images, test_size = open_images(options, train=False)
        self.train_order = Order(train_size, options.batch_size, options.drop_last, shuffle_seed=options.seed)
        if len(self.train_order) == 0:
            raise ValueError("there is no full batch to train with: batch_size is larger than the data, and drop_last is set")
        test_order = Order(test_size, options.eval_batch_size or 2 * options.batch_size)
        self.train_loader = make_loader(train_images, self.train_order, options, options.augment)
        self.test_loader = make_loader(test_images, test_order, options, augment=False)

        self.phase("model")
        self.model = make_model(options.model, options.hidden, options.depth)
        self.model.checkpointing = options.checkpointing
        self.model.to(self.device, memory_format=self.memory_format())
        self.loss = nn.CrossEntropyLoss(reduction="sum")
        self.optimizer = self.make_optimizer()
        self.scaler = torch.cuda.amp.GradScaler(enabled=options.precision == "fp16")
        self.tell_model(len(test_order))

        start = time.monotonic()
        for epoch in range(1, options.epochs + 1):
            result = self.make_epoch(epoch)
        events.metric("images_per_s", self.images / self.train_time)
        events.metric("optimizer_steps", self.steps)
        events.metric("model_bytes", self.model_bytes())
        if self.device.type == "cuda":
            events.metric("peak_device_bytes", torch.cuda.max_memory_allocated())
            events.metric("peak_device_reserved_bytes", torch.cuda.max_memory_reserved())
        self.print_result(result, time.monotonic() - start)

    def phase(self, name):
        self.peak = max(self.peak, _status_bytes("VmHWM:"))  # the warden resets the mark
        events.phase(name)

    def memory_format(self):
        return torch.channels_last if self.options.memory_format == "channels_last" else torch.contiguous_format

    def make_optimizer(self):
        options = self.options
        settings = {"lr": options.lr, "weight_decay": options.weight_decay}
        if options.optimizer == "sgd":
            return torch.optim.SGD(self.model.parameters(), momentum=options.momentum, **settings)
        return {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[options.optimizer](self.model.parameters(), **settings)

    def tell_model(self, test_batches):
        options = self.options
        self.params = parameter_count(self.model)
        events.info("params", self.params)
        for part, count in self.model.parts().items():
            events.info(f"params_{part}", count)
        effective = self.train_order.images_of(0, options.accumulation)
        events.info("effective_batch", effective)
        print(f"{RULE}\n{self.model_name()} on {self.data_name()}, PyTorch {torch.__version__}\n{RULE}")
        print(f"Parameters: {self.params}")
        print(f"Batch size: {options.batch_size} x accumulation: {options.accumulation} = effective {effective}")
        print(f"Epochs: {options.epochs}   Train batches: {len(self.train_order)}, test batches: {test_batches}   "
              f"Threads: {options.threads}, workers: {options.workers}")
        print(f"Initial memory: {self.initial / 1e6:.1f} MB", flush=True)

    def model_name(self):
        return "H2Q-Spacetime" if self.options.model == "h2q" else "Baseline CNN"

    def data_name(self):
        return "synthetic data" if self.options.dataset == "synthetic" else "CIFAR-10"

    def autocast(self):
        precision = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(self.options.precision)
        return torch.autocast(self.device.type, dtype=precision) if precision else contextlib.nullcontext()

    def batches(self, loader):
        for images, labels in loader:
            yield (images.to(self.device, memory_format=self.memory_format(), non_blocking=True),
                   labels.to(self.device, non_blocking=True))

    def set_learning_rate(self, epoch):
        rate = self.options.lr
        if self.options.schedule == "cosine":
            rate *= 0.5 * (1 + math.cos(math.pi * (epoch - 1) / self.options.epochs))
        for group in self.optimizer.param_groups:
            group["lr"] = rate

    def make_epoch(self, epoch):
        self.phase("train")
        self.set_learning_rate(epoch)
        start = time.monotonic()
        loss = self.train_epoch(epoch)
        spent = time.monotonic() - start
        self.train_time += spent
        self.phase("evaluate")
        accuracy, test_loss = self.evaluate()
        for name, value in (("loss", loss), ("accuracy", accuracy), ("test_loss", test_loss), ("epoch_s", spent)):
            events.metric(name, value, epoch)
        print(f"\nEpoch {epoch}/{self.options.epochs}\n  Train loss: {loss:.4f} | Test acc: {accuracy:.2%} "
              f"({self.data_name()}) | Test loss: {test_loss:.4f} | {spent:.1f} s | Memory: {resident_bytes() / 1e6:.1f} MB",
              flush=True)
        return accuracy

    def train_epoch(self, epoch):
        options, order = self.options, self.train_order
        order.epoch = epoch
        self.model.train()
        loss_sum = torch.zeros((), device=self.device)
        images_before = self.images
        last = len(order)
        for number, (images, labels) in enumerate(self.batches(self.train_loader), 1):
            first = number - 1 - (number - 1) % options.accumulation
            with self.autocast():
                loss = self.loss(self.model(images), labels)
            self.scaler.scale(loss / order.images_of(first, options.accumulation)).backward()
            loss_sum += loss.detach()
            self.images += len(labels)
            if number % options.accumulation == 0 or number == last:
                self.scaler.step(self.optimizer)
                self.scaler.update()
                self.optimizer.zero_grad(set_to_none=True)
                self.steps += 1
            if events.progress_is_due(number, last):  # reading the loss would make a GPU wait
                events.progress(number, last, epoch, options.epochs, loss.item() / len(labels))
        return loss_sum.item() / (self.images - images_before)

    @torch.inference_mode()
    def evaluate(self):
        self.model.eval()
        right = torch.zeros((), dtype=torch.int64, device=self.device)
        loss_sum = torch.zeros((), device=self.device)
        count = 0
        for images, labels in self.batches(self.test_loader):
            with self.autocast():
                scores = self.model(images)
                loss_sum += self.loss(scores, labels)
            right += (scores.argmax(1) == labels).sum()
            count += len(labels)
        return right.item() / count, loss_sum.item() / count

    def model_bytes(self):
        """What a step holds beside its activations. The gradients are as large as their parameters, and free just now."""
        state = [value for one in self.optimizer.state.values() for value in one.values() if torch.is_tensor(value)]
        return 2 * tensor_bytes(self.model.parameters()) + tensor_bytes(self.model.buffers()) + tensor_bytes(state)

    def print_result(self, accuracy, total):
        self.peak = max(self.peak, _status_bytes("VmHWM:"))
        print(f"\n{RULE}\nRESULT ({self.data_name()})")
        print(f"{'Model':<16} {'Accuracy':>10} {'Params':>12} {'Time (s)':>9} {'Peak memory (MB)':>17}")
        print(f"{self.model_name():<16} {accuracy * 100:>8.2f} % {self.params:>12} {total:>9.1f} {self.peak / 1e6:>17.1f}")
        print(RULE)
        print(f"Memory: initial {self.initial / 1e6:.1f} MB, peak {self.peak / 1e6:.1f} MB, "
              f"final {resident_bytes() / 1e6:.1f} MB", flush=True)
