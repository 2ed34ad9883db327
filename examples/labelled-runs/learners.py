"""The data sets and models of the labelled runs: all small, all of them real, nothing is downloaded."""

import math
import random
import zlib

import numpy as np
import torch
from sklearn import datasets
from torch import nn


class Task:
    """Inputs and targets, split into three parts by the seed. `classes` is None where the target is a number."""

    def __init__(self, x, y, classes, seed, train=None, standardise=True):
        order = np.random.default_rng(seed).permutation(len(x))
        x, y = x[order], y[order]
        held = len(x) // 5
        self.val = slice(0, held)
        self.test = slice(held, 2 * held)
        end = len(x) if train is None else min(len(x), 2 * held + train)
        self.train = slice(2 * held, end)
        if standardise:
            mean, spread = x[self.train].mean(0), x[self.train].std(0) + 1e-6
            x = (x - mean) / spread
        self.x = torch.as_tensor(x, dtype=torch.long if x.dtype.kind == "i" else torch.float32)
        self.y = torch.as_tensor(y, dtype=torch.float32 if classes is None else torch.long)
        self.classes = classes

    def part(self, name):
        rows = getattr(self, name)
        return self.x[rows], self.y[rows]


def load(name, seed, train=None):
    if name == "digits":
        bunch = datasets.load_digits()
        return Task(bunch.data / 16 - 0.5, bunch.target, 10, seed, train, standardise=False)
    if name == "wine":
        bunch = datasets.load_wine()
        return Task(bunch.data, bunch.target, 3, seed, train)
    if name == "cancer":
        bunch = datasets.load_breast_cancer()
        return Task(bunch.data, bunch.target, 2, seed, train)
    if name == "diabetes":
        bunch = datasets.load_diabetes()
        return Task(bunch.data, (bunch.target - bunch.target.mean()) / bunch.target.std(), None, seed, train)
    if name == "mixture":
        x, y = datasets.make_classification(3000, 20, n_informative=12, n_classes=4, class_sep=1.2, random_state=seed)
        return Task(x, y, 4, seed, train)
    if name == "adding":
        # Hochreiter and Schmidhuber's: the sum of the two marked numbers of a sequence.
        rng = np.random.default_rng(seed)
        numbers = rng.random((2500, 30, 1)).astype(np.float32)
        marks = np.zeros_like(numbers)
        for row in marks:
            row[rng.choice(30, 2, replace=False)] = 1
        return Task(np.concatenate([numbers, marks], 2), (numbers * marks).sum((1, 2)), None, seed, train, standardise=False)
    if name == "waves":
        # The next value of a noisy sum of two sines.
        rng = np.random.default_rng(seed)
        at = rng.uniform(0, 200, (2500, 1)) + np.arange(41) / 3
        wave = np.sin(at) + 0.5 * np.sin(2.3 * at) + rng.normal(0, 0.05, at.shape)
        wave = wave.astype(np.float32)
        return Task(wave[:, :40, None], wave[:, 40], None, seed, train, standardise=False)
    if name == "chars":
        # The next character of the descriptions that come with scikit-learn's data sets.
        text = "".join(one().DESCR for one in (datasets.load_digits, datasets.load_wine, datasets.load_diabetes, datasets.load_iris))
        letters = sorted(set(text))
        codes = np.array([letters.index(c) for c in text])
        starts = np.arange(0, len(codes) - 33, 5)
        x = np.stack([codes[s : s + 32] for s in starts])
        y = np.stack([codes[s + 1 : s + 33] for s in starts])
        return Task(x, y, len(letters), seed, train, standardise=False)
    raise ValueError(f"There is no data set {name}.")


class Counted(nn.Module):
    """An activation that keeps what came out last, to see how much of it is zero."""

    def __init__(self, function):
        super().__init__()
        self.function = function
        self.last = None

    def forward(self, x):
        self.last = self.function(x)
        return self.last


ACTIVATIONS = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "gelu": nn.functional.gelu}


def mlp(sizes, activation="relu", norm=False, dropout=0.0):
    layers = []
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        layers.append(nn.Linear(a, b))
        if i == len(sizes) - 2:
            break
        if norm:
            layers.append(nn.BatchNorm1d(b))
        layers.append(Counted(ACTIVATIONS[activation]))
        if dropout:
            layers.append(nn.Dropout(dropout))
    return nn.Sequential(*layers)


class Cnn(nn.Module):
    def __init__(self, classes, width=16, dropout=0.0):
        super().__init__()
        self.conv1 = nn.Conv2d(1, width, 3, padding=1)
        self.act1 = Counted(torch.relu)
        self.conv2 = nn.Conv2d(width, 2 * width, 3, padding=1)
        self.act2 = Counted(torch.relu)
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(2 * width * 4, classes)

    def forward(self, x):
        x = x.reshape(len(x), 1, 8, 8)
        x = nn.functional.max_pool2d(self.act1(self.conv1(x)), 2)
        x = nn.functional.max_pool2d(self.act2(self.conv2(x)), 2)
        return self.head(self.drop(x.flatten(1)))


class Recurrent(nn.Module):
    def __init__(self, kind, inputs, width=32, gain=None, linear=False):
        super().__init__()
        self.rnn = nn.GRU(inputs, width, batch_first=True) if kind == "gru" else nn.RNN(
            inputs, width, batch_first=True, nonlinearity="relu" if linear else "tanh"
        )
        if gain is not None:
            # What goes round grows by that factor each time.
            self.rnn.weight_hh_l0.data.copy_(torch.eye(width) * gain)
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1]).squeeze(1)


class Transformer(nn.Module):
    def __init__(self, letters, width=48, depth=2, dropout=0.1, length=32):
        super().__init__()
        self.embed = nn.Embedding(letters, width)
        self.place = nn.Parameter(torch.randn(length, width) * 0.02)
        nn.init.normal_(self.embed.weight, std=0.02)
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(width, 4, 2 * width, dropout, batch_first=True, norm_first=True) for _ in range(depth)
        )
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, letters)
        nn.init.normal_(self.head.weight, std=0.02)
        self.register_buffer("mask", torch.triu(torch.full((length, length), -math.inf), 1))

    def forward(self, x):
        x = self.embed(x) + self.place
        for block in self.blocks:
            x = block(x, src_mask=self.mask, is_causal=True)
        return self.head(self.norm(x))


def build(spec, task):
    inputs = task.x.shape[-1]
    outputs = task.classes or 1
    kind = spec.model
    if kind == "linear":
        return mlp([inputs, outputs])
    if kind == "mlp":
        return mlp([inputs, *spec.layers, outputs], spec.activation, spec.norm, spec.dropout)
    if kind == "cnn":
        return Cnn(outputs, dropout=spec.dropout)
    if kind in ("gru", "rnn"):
        return Recurrent(kind, inputs, gain=spec.gain, linear=spec.activation == "relu")
    if kind == "transformer":
        return Transformer(outputs, dropout=spec.dropout)
    raise ValueError(f"There is no model {kind}.")


class CompressedImages(torch.utils.data.Dataset):
    """The digits as large compressed pictures: every one is unpacked, cut and blurred anew, as data loaders do that are too slow."""

    def __init__(self, x, y, side, passes):
        pixels = ((x.reshape(-1, 8, 8).numpy() + 0.5) * 255).astype(np.uint8)
        self.packed = [zlib.compress(np.kron(p, np.ones((side // 8, side // 8), np.uint8)).tobytes()) for p in pixels]
        self.y = y
        self.side = side
        self.passes = passes

    def __len__(self):
        return len(self.packed)

    def __getitem__(self, i):
        picture = np.frombuffer(zlib.decompress(self.packed[i]), np.uint8).reshape(self.side, self.side).astype(np.float32)
        for _ in range(self.passes):
            picture = np.roll(picture, random.randint(-2, 2), random.randint(0, 1))
            picture = (picture + np.roll(picture, 1, 0) + np.roll(picture, 1, 1)) / 3
        step = self.side // 8
        small = picture.reshape(8, step, 8, step).mean((1, 3)) / 255 - 0.5
        return torch.from_numpy(small.ravel()), self.y[i]
