"""Trains a small convolutional network on scikit-learn's handwritten digits, and tells Vitrine of it.

    python train.py --to prometheus            # metrics at http://127.0.0.1:8000/metrics, for a scrape
    MLFLOW_TRACKING_URI=http://127.0.0.1:9470 python train.py --to mlflow

Nothing is downloaded: the digits come with scikit-learn.
"""

import argparse
import math
import time

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from watch_training import LayerNorms, gpu_metrics


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", choices=["prometheus", "mlflow"], required=True)
    parser.add_argument("--run", default="", help="the run's name")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--lr", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=0, help="processes that load data")
    parser.add_argument("--port", type=int, default=8000, help="for --to prometheus; 0 takes a free one")
    parser.add_argument("--linger", type=float, default=15.0, help="seconds to go on answering scrapes after the last step")
    return parser.parse_args()


def digits(batch_size: int, workers: int) -> tuple[DataLoader, DataLoader]:
    data = load_digits()
    images = torch.tensor(data.images, dtype=torch.float32).unsqueeze(1) / 16
    labels = torch.tensor(data.target)
    train, validation = train_test_split(range(len(labels)), test_size=0.25, random_state=0, stratify=labels)
    return (
        DataLoader(TensorDataset(images[train], labels[train]), batch_size, shuffle=True, num_workers=workers),
        DataLoader(TensorDataset(images[validation], labels[validation]), 256),
    )


def network() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 2 * 2, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )


@torch.no_grad()
def evaluate(model: nn.Module, loader: DataLoader, device: torch.device) -> dict[str, float]:
    model.eval()
    loss, right, count = 0.0, 0, 0
    for images, labels in loader:
        logits = model(images.to(device))
        labels = labels.to(device)
        loss += nn.functional.cross_entropy(logits, labels, reduction="sum").item()
        right += (logits.argmax(1) == labels).sum().item()
        count += len(labels)
    model.train()
    return {"loss": loss / count, "accuracy": right / count}


def main() -> None:
    args = parse_args()
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    train, validation = digits(args.batch_size, args.workers)
    model = network().to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9)
    steps = args.epochs * len(train)
    warm_up = max(1, steps // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(1.0, (step + 1) / warm_up) * 0.5 * (1 + math.cos(math.pi * step / steps)),
    )

    params = {
        "learning_rate": args.lr,
        "batch_size": args.batch_size,
        "epochs": args.epochs,
        "seed": args.seed,
        "optimizer": "SGD",
        "max_steps": steps,
        "num_classes": 10,
        "parameters": sum(p.numel() for p in model.parameters()),
        "device": device.type,
    }
    if args.to == "prometheus":
        from log_prometheus import PrometheusLog as Log
    else:
        from log_mlflow import MlflowLog as Log

    with Log(args, params) as log:
        step = 0
        for epoch in range(args.epochs):
            asked = time.perf_counter()
            for images, labels in train:
                loaded = time.perf_counter()
                images, labels = images.to(device), labels.to(device)
                logits = model(images)
                loss = nn.functional.cross_entropy(logits, labels)
                optimizer.zero_grad()
                loss.backward()
                norms = LayerNorms(model)
                optimizer.step()
                ratios = norms.update_ratios()
                step += 1
                log.step(
                    step,
                    step / len(train),
                    {
                        "train/loss": loss.item(),
                        "train/accuracy": (logits.argmax(1) == labels).float().mean().item(),
                        "learning_rate": schedule.get_last_lr()[0],
                        "grad_norm": norms.total,
                        **{f"grad_norm/{layer}": norm for layer, norm in norms.gradients.items()},
                        **{f"update_ratio/{layer}": ratio for layer, ratio in ratios.items()},
                        "data_time_seconds": loaded - asked,
                        "step_time_seconds": time.perf_counter() - asked,
                        **gpu_metrics(),
                    },
                )
                schedule.step()
                asked = time.perf_counter()
            log.step(step, epoch + 1, {f"validation/{name}": value for name, value in evaluate(model, validation, device).items()})


if __name__ == "__main__":
    main()
