"""Tells of a training by metrics that Prometheus, or Vitrine itself, scrapes.

`train_step` is what makes it a run: each other metric of the process becomes a curve over that step.
"""

import re
import time

from prometheus_client import Gauge, Info, start_http_server


class PrometheusLog:
    def __init__(self, args, params: dict) -> None:
        self._linger = args.linger
        self._gauges: dict[str, Gauge] = {}
        self._run = args.run
        server, _ = start_http_server(args.port, addr="127.0.0.1")
        print(f"metrics at http://127.0.0.1:{server.server_port}/metrics", flush=True)
        Info("train", "The settings of this training.").info({name: str(value) for name, value in params.items()})
        self._step = self._gauge("train_step", "Steps of gradient descent done.", ())
        self._epoch = self._gauge("train_epoch", "Passes over the training samples.", ())

    def __enter__(self) -> "PrometheusLog":
        return self

    def __exit__(self, *_) -> None:
        # The last values are to be scraped too.
        time.sleep(self._linger)

    def step(self, step: int, epoch: float, metrics: dict[str, float]) -> None:
        self._set(self._step, step)
        self._set(self._epoch, epoch)
        for name, value in metrics.items():
            first, _, rest = name.partition("/")
            if first in ("train", "validation"):
                self._set(self._gauge(f"train_{rest}", f"{rest} by split.", ("split",)), value, first)
            elif rest == "":
                self._set(self._gauge(f"train_{first}", first, ()), value)
            elif first == "system":
                self._set(self._gauge(re.sub(r"\W", "_", rest), rest, ()), value)
            else:
                self._set(self._gauge(f"train_layer_{first}", f"{first} by layer.", ("layer",)), value, rest)

    def _gauge(self, name: str, help_text: str, labels: tuple[str, ...]) -> Gauge:
        if name not in self._gauges:
            self._gauges[name] = Gauge(name, help_text, (*labels, *(("run",) if self._run else ())))
        return self._gauges[name]

    def _set(self, gauge: Gauge, value: float, *labels: str) -> None:
        values = (*labels, *((self._run,) if self._run else ()))
        (gauge.labels(*values) if values else gauge).set(value)
