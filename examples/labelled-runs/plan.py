"""What is trained, and what is wrong with each run: written down before any detector saw a curve."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Spec:
    name: str
    family: str
    data: str
    model: str
    optimiser: str = "adam"
    lr: float = 1e-3
    steps: int = 400
    batch: int = 64
    layers: tuple = (64, 64)
    activation: str = "relu"
    norm: bool = False
    dropout: float = 0.0
    decay: float = 0.0
    momentum: float = 0.0
    gain: float | None = None
    # none, cosine (with a warm-up of a tenth), drop (to nothing after a seventh) or jump (two hundred-fold in the middle).
    schedule: str = "none"
    clip: float | None = None
    seed: int = 0
    train: int | None = None
    # What was broken: see train.py.
    fault: str = ""
    sick: frozenset = field(default_factory=frozenset)
    unsure: frozenset = field(default_factory=frozenset)
    why: str = ""
    ranks: int = 1
    loader: tuple | None = None
    # Trained when the thresholds stood already: no threshold was chosen by it.
    later: bool = False


def spec(name, family, data, model, sick="", unsure="", **rest):
    return Spec(name, family, data, model, sick=frozenset(sick.split()), unsure=frozenset(unsure.split()), **rest)


def seeds(one, *numbers, later=()):
    return [replace(one, name=f"{one.name}-s{n}", seed=n, later=n in later) for n in (*numbers, *later)]


def plan():
    runs = []

    # Healthy: the learning rate is a usual one, the data are all there, and training ends before or about where it has converged.
    # Where nothing holds back a model that may learn its data by heart, whether it did is not known beforehand.
    by_heart = "Nothing holds the model back from learning the data by heart, and nobody knows beforehand whether it does so in this time."
    runs += seeds(spec("digits-linear-sgd", "healthy", "digits", "linear", optimiser="sgd", lr=0.3, steps=300), 0, 1)
    runs += seeds(spec("cancer-linear-adam", "healthy", "cancer", "linear", lr=5e-3, steps=200, batch=32, decay=1e-2), 0, 1)
    runs += seeds(spec("wine-linear-sgd", "healthy", "wine", "linear", optimiser="sgd", lr=0.05, steps=160, batch=16), 0, 1)
    runs += seeds(
        spec("digits-mlp-adam", "healthy", "digits", "mlp", steps=300, unsure="gap", why=by_heart), 0, 1, 2
    )
    runs += seeds(
        spec("digits-mlp-sgd", "healthy", "digits", "mlp", optimiser="sgd", lr=0.05, momentum=0.9, steps=250, dropout=0.2, decay=1e-3), 0, 1
    )
    runs += seeds(spec("mixture-mlp-dropout", "healthy", "mixture", "mlp", steps=500, dropout=0.3, decay=1e-2), 0, 1, 2)
    runs += seeds(
        spec("mixture-deep-batchnorm", "healthy", "mixture", "mlp", layers=(48,) * 6, norm=True, steps=250, dropout=0.1, decay=1e-2, unsure="gap", why=by_heart),
        0,
        1,
    )
    runs += seeds(spec("diabetes-mlp", "healthy", "diabetes", "mlp", layers=(16,), steps=200, batch=32, decay=1e-1, unsure="gap", why="442 patients are few: how far the parts differ is a matter of the split."), 0, 1)
    runs += seeds(spec("digits-cnn-adam", "healthy", "digits", "cnn", steps=300, dropout=0.2), 0, 1, 2)
    runs += seeds(
        spec("digits-cnn-cosine", "healthy", "digits", "cnn", optimiser="sgd", lr=0.1, momentum=0.9, schedule="cosine", steps=400, dropout=0.2), 0, 1
    )
    runs += seeds(spec("waves-gru", "healthy", "waves", "gru", lr=3e-3, steps=300, clip=1.0), 0, 1, 2)
    runs += seeds(spec("waves-rnn", "healthy", "waves", "rnn", lr=2e-3, steps=300, clip=1.0), 0, 1)
    runs += seeds(spec("adding-gru", "healthy", "adding", "gru", lr=5e-3, steps=600, clip=1.0, unsure="plateau", why="The loss of the adding problem stands still for a long while before it falls; for how long is a matter of luck."), 0, 1)
    runs += seeds(spec("chars-transformer", "healthy", "chars", "transformer", optimiser="adamw", lr=3e-3, schedule="cosine", steps=400, clip=1.0, decay=0.01), 0, 1, 2)
    runs += seeds(spec("digits-mlp-two-ranks", "healthy", "digits", "mlp", optimiser="sgd", lr=0.05, momentum=0.9, steps=300, batch=256, layers=(256, 256), dropout=0.2, decay=1e-3, ranks=2), 0, 1, 2)
    runs += seeds(spec("digits-cnn-quick-loader", "healthy", "digits", "cnn", steps=150, dropout=0.2, loader=(16, 0), unsure="data_bound", why="A loader that has little to do, for a model that is small: whether it takes a third of a step is a matter of the machine."), 0, 1)

    # Not a number: three programming errors, and half precision.
    broken = "Once the weights are not numbers, nothing else that is said of the run is wrong or right."
    nan = dict(sick="nan_inf", unsure="diverge exploding lr_high lr_low plateau overfit gap vanishing dead_relu", why=broken)
    runs += seeds(spec("nan-log-of-zero", "nan", "digits", "mlp", optimiser="sgd", lr=0.5, momentum=0.9, steps=300, layers=(128, 128), fault="log0", **nan), 0, 1)
    runs += seeds(spec("nan-half-precision", "nan", "digits", "mlp", steps=200, fault="half", **nan), 0, 1)
    runs += seeds(spec("nan-root-of-zero", "nan", "diabetes", "mlp", steps=200, batch=32, fault="sqrt0", **nan), 0, later=(1,))
    runs += seeds(spec("nan-bad-record", "nan", "mixture", "mlp", steps=300, dropout=0.2, fault="bad-record", **nan), 0, later=(1,))
    runs += seeds(spec("nan-half-precision-gru", "nan", "waves", "gru", lr=3e-3, steps=200, clip=1.0, fault="half", **nan), later=(0,))

    # Divergence: the loss goes up and stays up.
    grows = "A learning rate at which training diverges is too high, and its gradients may well explode first."
    bad = dict(sick="diverge", unsure="lr_high exploding nan_inf overfit gap plateau dead_relu vanishing init_loss", why=grows)
    runs += seeds(spec("diverge-regression", "diverge", "diabetes", "linear", optimiser="sgd", lr=0.55, steps=200, batch=32, **bad), 0, 1, later=(2,))
    runs += seeds(spec("diverge-jump-cnn", "diverge", "digits", "cnn", optimiser="sgd", lr=0.05, momentum=0.9, schedule="jump", steps=300, **bad), 0, 1)
    runs += seeds(spec("diverge-jump-transformer", "diverge", "chars", "transformer", lr=1e-3, schedule="jump", steps=300, **bad), 0, 1)
    shuffled = dict(sick="diverge", unsure="overfit gap plateau exploding", why="The labels of all batches after the middle are shuffled: the loss goes back to that of guessing.")
    runs += seeds(spec("diverge-shuffled-labels", "diverge", "digits", "mlp", steps=400, fault="shuffle", **shuffled), 0, 1)
    runs += seeds(spec("diverge-shuffled-labels-cnn", "diverge", "digits", "cnn", steps=400, dropout=0.2, fault="shuffle", **shuffled), later=(0,))
    runs += seeds(spec("diverge-shuffled-labels-mixture", "diverge", "mixture", "mlp", steps=500, dropout=0.2, fault="shuffle", **shuffled), later=(0,))

    # Learning by heart: few examples or wrong labels, much room, much time.
    heart = dict(sick="overfit gap", unsure="plateau", why="Validation does not get better while the model learns by heart: a plateau too.")
    runs += seeds(spec("overfit-few-digits", "overfit", "digits", "mlp", layers=(256, 256), steps=500, batch=32, train=60, **heart), 0, 1, 2, later=(3,))
    runs += seeds(spec("overfit-few-digits-cnn", "overfit", "digits", "cnn", lr=2e-3, steps=500, batch=32, train=50, **heart), 0, 1, later=(2,))
    runs += seeds(spec("overfit-wrong-labels", "overfit", "digits", "mlp", layers=(256, 256), steps=900, fault="wrong-labels", sick="overfit", unsure="plateau gap", why="Validation labels are right: its loss may be lower than that of wrong ones."), 0, 1, later=(2,))
    runs += seeds(spec("overfit-diabetes", "overfit", "diabetes", "mlp", layers=(128, 128), lr=2e-3, steps=600, batch=32, train=120, **heart), 0, 1, later=(2, 3))
    runs += seeds(spec("overfit-short-text", "overfit", "chars", "transformer", lr=3e-3, steps=450, batch=32, train=60, **heart), 0, 1, later=(2,))
    runs += seeds(spec("overfit-few-mixture", "overfit", "mixture", "mlp", layers=(128, 128), steps=500, batch=32, train=100, **heart), later=(0, 1))

    # What is validated is not what is trained on.
    shift = dict(sick="gap", unsure="overfit plateau", why="On other data than those trained on, more training may well do harm.")
    runs += seeds(spec("gap-noisy-validation", "gap", "digits", "mlp", steps=300, dropout=0.2, decay=1e-3, fault="shift", **shift), 0, 1, 2)
    runs += seeds(spec("gap-noisy-validation-cnn", "gap", "digits", "cnn", steps=300, dropout=0.2, fault="shift", **shift), later=(0,))

    # Standing still: nothing can be learned, the rate went to nothing, or the optimum was reached long ago.
    # (A convex problem has one optimum, and gradient descent at this rate is there within a fraction of the steps.)
    still = dict(sick="plateau", unsure="lr_low vanishing", why="A rate of nothing is a rate too low.")
    runs += seeds(
        spec("plateau-zero-weights", "plateau", "digits", "mlp", steps=400, fault="zeros", optimiser="sgd", lr=0.05, sick="plateau dead_relu", unsure="lr_low vanishing", why="Units with weights of zero are never active, and have gradients of zero."), 0, 1
    )
    runs += seeds(spec("plateau-rate-gone", "plateau", "digits", "cnn", optimiser="sgd", lr=0.05, steps=400, schedule="drop", **still), 0, 1, later=(2,))
    runs += seeds(spec("plateau-rate-gone-gru", "plateau", "waves", "gru", lr=3e-3, steps=400, clip=1.0, schedule="drop", **still), later=(0,))
    runs += seeds(spec("plateau-converged", "plateau", "mixture", "linear", lr=2e-2, steps=1500, decay=0.0, unsure="lr_low gap", sick="plateau", why="What is left to learn at the optimum is little."), 0, 1, later=(2,))

    # The learning rate: a thousandth of the one that works, and twenty to fifty times of it.
    slow = dict(sick="lr_low", unsure="plateau", why="So slow that it may look like standing still.")
    runs += seeds(spec("slow-digits-mlp", "lr_low", "digits", "mlp", lr=2e-6, steps=300, **slow), 0, 1)
    runs += seeds(spec("slow-digits-cnn", "lr_low", "digits", "cnn", optimiser="sgd", lr=2e-5, momentum=0.9, steps=300, **slow), 0, later=(1,))
    runs += seeds(spec("slow-waves-gru", "lr_low", "waves", "gru", lr=3e-6, steps=300, clip=1.0, **slow), 0, later=(1,))
    runs += seeds(spec("slow-chars-transformer", "lr_low", "chars", "transformer", lr=2e-6, steps=250, **slow), 0, later=(1,))
    runs += seeds(spec("slow-mixture-mlp", "lr_low", "mixture", "mlp", lr=1e-6, steps=300, dropout=0.2, **slow), later=(0,))
    fast = dict(sick="lr_high", unsure="diverge exploding dead_relu plateau overfit gap vanishing nan_inf", why="Too high a rate may break anything.")
    runs += seeds(spec("fast-digits-mlp", "lr_high", "digits", "mlp", lr=0.1, steps=300, **fast), 0, 1)
    runs += seeds(spec("fast-digits-cnn", "lr_high", "digits", "cnn", optimiser="sgd", lr=0.8, momentum=0.9, steps=300, **fast), 0, 1)
    runs += seeds(spec("fast-chars-transformer", "lr_high", "chars", "transformer", lr=0.1, steps=250, **fast), 0, later=(1,))
    runs += seeds(spec("fast-waves-gru", "lr_high", "waves", "gru", lr=0.2, steps=300, **fast), 0, later=(1,))
    runs += seeds(spec("fast-mixture-mlp", "lr_high", "mixture", "mlp", lr=0.1, steps=300, **fast), later=(0,))

    # Gradients that vanish: a chain of sigmoids; weights too small.
    thin = dict(sick="vanishing", unsure="plateau lr_low", why="Nothing is learned where no gradient arrives.")
    runs += seeds(spec("vanish-sigmoid-8", "vanishing", "digits", "mlp", layers=(48,) * 8, activation="sigmoid", steps=250, **thin), 0, 1, later=(2,))
    runs += seeds(spec("vanish-sigmoid-14", "vanishing", "mixture", "mlp", layers=(32,) * 14, activation="sigmoid", optimiser="sgd", lr=0.05, steps=250, **thin), 0, 1, later=(2,))
    runs += seeds(spec("vanish-small-weights", "vanishing", "digits", "mlp", layers=(64,) * 6, activation="tanh", optimiser="sgd", lr=0.05, steps=250, fault="small", **thin), 0, later=(1,))
    runs += seeds(spec("vanish-small-weights-mixture", "vanishing", "mixture", "mlp", layers=(48,) * 8, activation="tanh", optimiser="sgd", lr=0.05, steps=250, fault="small", **thin), later=(0,))

    # Gradients that explode: a recurrent matrix that grows what goes round; weights too large in a deep network.
    burst = dict(sick="exploding", unsure="diverge nan_inf lr_high lr_low init_loss plateau dead_relu vanishing overfit gap", why="What follows from it is luck: the loss may jump, or turn to NaN; and only a rate of next to nothing keeps it from that.")
    runs += seeds(spec("explode-rnn", "exploding", "adding", "rnn", activation="relu", gain=1.4, optimiser="sgd", lr=1e-12, steps=200, **burst), 0, 1, 2, later=(3, 4))
    runs += seeds(spec("explode-deep-mlp", "exploding", "digits", "mlp", layers=(64,) * 10, optimiser="sgd", lr=1e-4, steps=200, fault="large", **burst), 0, 1, later=(2,))
    runs += seeds(spec("explode-deep-mixture", "exploding", "mixture", "mlp", layers=(48,) * 12, optimiser="sgd", lr=1e-4, steps=200, fault="large", **burst), later=(0,))

    # Units that are never active.
    dead = dict(sick="dead_relu", unsure="plateau lr_low vanishing diverge exploding lr_high init_loss", why="Behind dead units no gradient arrives.")
    runs += seeds(spec("dead-negative-bias", "dead_relu", "digits", "mlp", steps=300, fault="negative-bias", **dead), 0, 1, later=(2,))
    runs += seeds(spec("dead-one-large-step", "dead_relu", "digits", "mlp", optimiser="sgd", lr=0.05, steps=300, fault="kick", **dead), 0, 1, later=(2,))
    runs += seeds(spec("dead-negative-bias-mixture", "dead_relu", "mixture", "mlp", steps=300, fault="negative-bias", **dead), later=(0,))

    # A wrong beginning: the last layer is far too large, or sure of one class.
    begin = dict(sick="init_loss", unsure="lr_high exploding", why="Weights too large have large gradients.")
    runs += seeds(spec("begin-large-head", "init_loss", "digits", "mlp", steps=300, fault="large-head", dropout=0.1, **begin), 0, 1)
    runs += seeds(spec("begin-large-head-transformer", "init_loss", "chars", "transformer", lr=3e-3, steps=300, fault="large-head", **begin), 0, later=(1,))
    runs += seeds(spec("begin-sure-bias", "init_loss", "mixture", "mlp", steps=300, dropout=0.2, fault="sure-bias", **begin), 0, later=(1,))
    runs += seeds(spec("begin-large-head-cnn", "init_loss", "digits", "cnn", steps=300, dropout=0.1, fault="large-head", **begin), later=(0,))
    runs += seeds(spec("begin-sure-bias-digits", "init_loss", "digits", "mlp", steps=300, dropout=0.2, fault="sure-bias", **begin), later=(0,))

    # The data come too slowly: a loader that unpacks, cuts and blurs each picture in the training process itself.
    runs += seeds(spec("loader-slow-mlp", "data_bound", "digits", "mlp", steps=60, sick="data_bound", loader=(128, 2)), 0, 1, later=(2, 3))
    runs += seeds(spec("loader-slow-cnn", "data_bound", "digits", "cnn", steps=60, sick="data_bound", loader=(128, 1)), 0, 1, later=(2, 3))

    # Gone without a word: killed, or waiting for ever for a lock.
    runs += seeds(spec("killed-mlp", "stalled", "digits", "mlp", steps=400, fault="kill", sick="stalled", dropout=0.2), 0, later=(1,))
    runs += seeds(spec("killed-gru", "stalled", "waves", "gru", lr=3e-3, steps=300, clip=1.0, fault="kill", sick="stalled"), 0, later=(1,))
    runs += seeds(spec("hung-cnn", "stalled", "digits", "cnn", steps=400, fault="hang", sick="stalled", dropout=0.2), 0, 1)
    runs += seeds(spec("killed-transformer", "stalled", "chars", "transformer", lr=3e-3, steps=300, clip=1.0, fault="kill", sick="stalled"), later=(0,))
    runs += seeds(spec("hung-gru", "stalled", "waves", "gru", lr=3e-3, steps=300, clip=1.0, fault="hang", sick="stalled"), later=(0,))

    # Memory that grows: the losses are kept with all that they were computed from.
    leak = dict(sick="gpu_leak")
    runs += seeds(spec("leak-graph-mlp", "gpu_leak", "digits", "mlp", steps=700, batch=256, layers=(512, 512), dropout=0.3, decay=1e-2, fault="leak", unsure="overfit gap plateau", why=by_heart, **leak), 0, 1, later=(2, 3))
    runs += seeds(spec("leak-graph-gru", "gpu_leak", "waves", "gru", lr=2e-3, steps=600, clip=1.0, fault="leak", **leak), 0, later=(1, 2))
    runs += seeds(spec("leak-graph-cnn", "gpu_leak", "digits", "cnn", steps=700, batch=64, dropout=0.3, decay=1e-2, fault="leak", unsure="overfit gap plateau", why=by_heart, **leak), later=(0,))

    # One rank has twice the work.
    slowpoke = dict(sick="imbalance", ranks=2, optimiser="sgd", lr=0.05, momentum=0.9, batch=256, layers=(256, 256), dropout=0.2, decay=1e-3)
    runs += seeds(spec("rank-with-more-work", "imbalance", "digits", "mlp", steps=300, fault="uneven", **slowpoke), 0, 1, 2, later=(3, 4))
    runs += seeds(spec("rank-with-more-work-mixture", "imbalance", "mixture", "mlp", steps=300, fault="uneven", **slowpoke), later=(0, 1, 2))
    return runs


def splits(runs):
    """Every second run of a family was looked at when thresholds were chosen; the others, and later ones, were not."""
    seen = {}
    for run in runs:
        if run.later:
            yield run, "test"
            continue
        seen[run.family] = seen.get(run.family, -1) + 1
        yield run, "tune" if seen[run.family] % 2 == 0 else "test"
