"""Trains the runs of plan.py on the CPU and keeps what they logged. See README.md."""

import gzip
import json
import math
import os
import random
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn

from learners import CompressedImages, Counted, build, load
from plan import plan, splits

FOLDER = Path(__file__).parent / "runs"
# How long after the last point of a run somebody looks at it, where its process went away without a word.
LATER_MS = 3_600_000
POINTS = 220
EVALUATIONS = 40


class Recorder:
    """Writes each step to disk as it comes, so that what a killed process has logged is there."""

    def __init__(self, path):
        self.file = open(path, "w", encoding="utf-8")
        self.began = time.perf_counter()

    def log(self, step, values):
        ms = round((time.perf_counter() - self.began) * 1000, 1)
        self.file.write(json.dumps([step, ms, values]) + "\n")
        self.file.flush()


def rate(spec, step):
    share = step / spec.steps
    if spec.schedule == "cosine":
        return spec.lr * min(1, (step + 1) / (0.1 * spec.steps)) * (0.5 + 0.5 * math.cos(math.pi * share))
    if spec.schedule == "drop":
        return spec.lr if share < 1 / 7 else spec.lr * 1e-6
    if spec.schedule == "jump":
        return spec.lr if share < 0.5 else spec.lr * 200
    return spec.lr


def optimiser_of(spec, model):
    if spec.optimiser == "sgd":
        return torch.optim.SGD(model.parameters(), spec.lr, momentum=spec.momentum, weight_decay=spec.decay)
    kind = torch.optim.AdamW if spec.optimiser == "adamw" or spec.decay else torch.optim.Adam
    return kind(model.parameters(), spec.lr, weight_decay=spec.decay)


def loss_of(spec, task, out, y):
    if spec.fault == "log0":
        # The hand-written cross entropy without a floor: a probability that rounds to zero has no logarithm.
        return -torch.log(torch.softmax(out * 4, 1)[torch.arange(len(y)), y]).mean()
    if spec.fault == "sqrt0":
        # A distance to another example of the batch: the root has no finite slope where that is, by chance, the same one.
        out = out.squeeze(-1)
        return ((out - y) ** 2).mean() + 1e-3 * torch.sqrt((out[0] - out[random.randrange(len(out))]) ** 2)
    if task.classes is None:
        return nn.functional.mse_loss(out.reshape(y.shape), y)
    return nn.functional.cross_entropy(out.reshape(-1, out.shape[-1]), y.reshape(-1))


@torch.no_grad()
def start_wrong(spec, model):
    matrices = [p for p in model.parameters() if p.dim() > 1]
    linear = [m for m in model.modules() if isinstance(m, nn.Linear)]
    if spec.fault == "zeros":
        for p in model.parameters():
            p.zero_()
    if spec.fault == "small":
        for p in matrices:
            p.mul_(0.03)
    if spec.fault == "large":
        for p in matrices:
            nn.init.kaiming_normal_(p)
            p.mul_(2.5)
    if spec.fault == "negative-bias":
        for layer in linear[:-1]:
            layer.bias.fill_(-6)
    if spec.fault == "large-head":
        linear[-1].weight.mul_(60)
    if spec.fault == "sure-bias":
        linear[-1].bias[0] = 9


def prepare(spec):
    torch.manual_seed(spec.seed)
    random.seed(spec.seed)
    task = load(spec.data, spec.seed, spec.train)
    model = build(spec, task)
    start_wrong(spec, model)
    if spec.fault == "wrong-labels":
        part = task.y[task.train]
        wrong = torch.rand(len(part)) < 0.4
        part[wrong] = torch.randint(task.classes, (int(wrong.sum()),))
    if spec.fault == "shift":
        task.x[task.val] += torch.randn_like(task.x[task.val]) * 0.35
    if spec.fault == "bad-record":
        task.x[task.train][len(task.x[task.train]) * 2 // 3, 3] = math.nan
    return task, model


@torch.no_grad()
def validate(spec, task, model, part="val"):
    model.eval()
    x, y = task.part(part)
    out = model(x)
    plain = nn.functional.mse_loss(out.reshape(y.shape), y) if task.classes is None else nn.functional.cross_entropy(
        out.reshape(-1, out.shape[-1]), y.reshape(-1)
    )
    values = {"val/loss": plain.item()}
    if task.classes is not None:
        values["val/accuracy"] = (out.argmax(-1) == y).float().mean().item()
    for name, unit in counted(model):
        shape = unit.last.shape
        units = unit.last.transpose(1, -1).reshape(-1, shape[1]) if len(shape) == 4 else unit.last.reshape(-1, shape[-1])
        active = (units > 0).float().mean(0)
        if unit.function is torch.relu:
            values[f"dead_fraction/{name}"] = (active < 0.01).float().mean().item()
            values[f"zero_fraction/{name}"] = (units == 0).float().mean().item()
    model.train()
    return values


def counted(model):
    return [(f"act{i}", m) for i, m in enumerate(m for m in model.modules() if isinstance(m, Counted))]


def weights(model):
    return [(name, p) for name, p in model.named_parameters() if p.dim() > 1]


def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def batches(spec, task):
    x, y = task.part("train")
    if spec.loader is not None:
        pictures = CompressedImages(x, y, *spec.loader)
        loader = torch.utils.data.DataLoader(pictures, spec.batch, shuffle=True, drop_last=True)
        while True:
            yield from loader
    while True:
        for rows in torch.randperm(len(x)).split(spec.batch):
            if len(rows) > 1:
                yield x[rows], y[rows]


def train(spec, path, rank=0, meet=None):
    torch.set_num_threads(1)
    if spec.ranks > 1:
        dist.init_process_group("gloo", init_method=f"file://{meet}", rank=rank, world_size=spec.ranks)
    task, model = prepare(spec)
    optimiser = optimiser_of(spec, model)
    recorder = Recorder(path) if rank == 0 else None
    every = max(1, spec.steps // POINTS)
    evaluate = max(1, spec.steps // EVALUATIONS)
    source = batches(spec, task)
    kept = []
    per_epoch = max(1, len(task.x[task.train]) // spec.batch)
    for step in range(spec.steps):
        began = time.perf_counter()
        x, y = next(source)
        fetched = time.perf_counter()
        if spec.fault == "shuffle" and step >= spec.steps // 2:
            y = y[torch.randperm(len(y))]
        lr = rate(spec, step)
        for group in optimiser.param_groups:
            group["lr"] = lr * (2000 if spec.fault == "kick" and step == 20 else 1)
        out = model(x)
        loss = loss_of(spec, task, out, y)
        if spec.fault == "leak":
            kept.append((loss, out))
        optimiser.zero_grad()
        if spec.fault == "half":
            # A loss scale that doubles and never backs off: what half precision cannot hold is infinite.
            scale = 2.0 ** (step // 8)
            (loss.half() * scale).backward()
            for p in model.parameters():
                p.grad.div_(scale)
        else:
            loss.backward()
        if spec.fault == "uneven" and rank == 1:
            # Twice the work: another forward and backward pass over the same batch.
            loss_of(spec, task, model(x), y).backward()
            for p in model.parameters():
                p.grad.div_(2)
        computed = time.perf_counter()
        times = [computed - began]
        if spec.ranks > 1:
            mine = torch.tensor([computed - began], dtype=torch.float64)
            all_times = [torch.zeros_like(mine) for _ in range(spec.ranks)]
            for p in model.parameters():
                dist.all_reduce(p.grad)
                p.grad.div_(spec.ranks)
            dist.all_gather(all_times, mine)
            times = [t.item() for t in all_times]
        named = weights(model)
        gradients = {name: p.grad.norm().item() for name, p in named}
        total = math.sqrt(sum(p.grad.pow(2).sum().item() for p in model.parameters()))
        values = {"train/loss": loss.item(), "lr": lr, "epoch": step // per_epoch, "grad_norm": total}
        values |= {f"grad_norm/{name}": norm for name, norm in gradients.items()}
        if spec.clip is not None:
            nn.utils.clip_grad_norm_(model.parameters(), spec.clip)
            values["grad_norm_clipped"] = min(total, spec.clip)
        before = [p.detach().clone() for _, p in named]
        optimiser.step()
        for (name, p), old in zip(named, before):
            values[f"weight_norm/{name}"] = old.norm().item()
            values[f"update_ratio/{name}"] = (p.detach() - old).norm().item() / (old.norm().item() + 1e-12)
        ended = time.perf_counter()
        values["time/data"] = fetched - began
        values["time/step"] = ended - began
        values["process/memory_rss_bytes"] = resident()
        if spec.ranks > 1:
            values |= {f"time/compute/rank{i}": t for i, t in enumerate(times)}
        if rank != 0:
            continue
        sparse = step % every == 0 or step == spec.steps - 1
        if not sparse:
            # Memory is watched at every step: a leak is told from noise by many samples.
            values = {"process/memory_rss_bytes": values["process/memory_rss_bytes"]} if spec.family in ("gpu_leak", "healthy") else {}
        if step % evaluate == evaluate - 1 or step == spec.steps - 1:
            values |= validate(spec, task, model)
        if values:
            recorder.log(step, values)
        if spec.fault == "kill" and step == spec.steps * 3 // 5:
            os.kill(os.getpid(), signal.SIGKILL)
        if spec.fault == "hang" and step == spec.steps * 3 // 5:
            lock = threading.Lock()
            lock.acquire()
            lock.acquire()
    if rank == 0 and not any(math.isnan(p.sum().item()) for p in model.parameters()):
        recorder.log(spec.steps, {"test/loss": validate(spec, task, model, "test")["val/loss"]})
    if spec.ranks > 1:
        dist.barrier()
        dist.destroy_process_group()


def run(spec):
    """Trains in processes of its own, and gives back what they left on disk."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log")
        meet = os.path.join(folder, "meet")
        context = mp.get_context("fork")
        processes = [context.Process(target=train, args=(spec, path, rank, meet)) for rank in range(spec.ranks)]
        for process in processes:
            process.start()
        # A run that waits for ever is given up once it has been silent for a while.
        silent = 0.0
        size = -1
        while any(p.is_alive() for p in processes) and silent < 4:
            time.sleep(0.1)
            now = os.path.getsize(path) if os.path.exists(path) else -1
            silent = 0.0 if now != size or now < 1 or spec.fault != "hang" else silent + 0.1
            size = now
        for process in processes:
            process.kill()
            process.join()
        if spec.fault not in ("kill", "hang") and any(p.exitcode != 0 for p in processes):
            raise RuntimeError(f"{spec.name} ended with {[p.exitcode for p in processes]}.")
        with open(path, encoding="utf-8") as file:
            return [json.loads(line) for line in file]


def number(value):
    if isinstance(value, int):
        return value
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return float(f"{value:.5g}")


def recording(spec, split, rows):
    metrics = {}
    for step, _, values in rows:
        for name, value in values.items():
            column = metrics.setdefault(name, {"steps": [], "values": []})
            column["steps"].append(step)
            column["values"].append(number(value))
    task = load(spec.data, spec.seed, spec.train)
    params = {
        "model": spec.model, "data": spec.data, "optimiser": spec.optimiser, "lr": spec.lr, "batch_size": spec.batch,
        "seed": spec.seed, "schedule": spec.schedule, "weight_decay": spec.decay, "dropout": spec.dropout,
    }
    if task.classes is not None:
        params["num_classes"] = task.classes
    gone = spec.fault in ("kill", "hang")
    return {
        "name": spec.name,
        "family": spec.family,
        "split": split,
        "sick": sorted(spec.sick),
        "unsure": sorted(spec.unsure),
        "why": spec.why,
        "params": {name: str(value) for name, value in params.items()},
        "status": "running" if gone else "finished",
        "observedAfterMs": LATER_MS if gone else 0,
        "clock": {"steps": [row[0] for row in rows], "ms": [row[1] for row in rows]},
        "metrics": metrics,
    }


def main(names):
    FOLDER.mkdir(exist_ok=True)
    for spec, split in splits(plan()):
        path = FOLDER / f"{spec.name}.json.gz"
        if (names and spec.name not in names) or (not names and path.exists()):
            continue
        began = time.perf_counter()
        kept = recording(spec, split, run(spec))
        # No time of its own in the file: the same recording has the same bytes.
        path.write_bytes(gzip.compress(json.dumps(kept, separators=(",", ":")).encode(), 9, mtime=0))
        losses = kept["metrics"]["train/loss"]["values"]
        val = kept["metrics"].get("val/loss", {"values": []})["values"]
        best = min((v for v in val if isinstance(v, (int, float))), default=math.nan)
        print(
            f"{spec.name:32} {time.perf_counter() - began:5.1f} s  {path.stat().st_size / 1024:5.0f} KiB"
            f"  train {losses[0]} → {losses[-1]}  val best {best}, last {val[-1] if val else None}",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
