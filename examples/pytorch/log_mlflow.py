"""Tells of a training through MLflow's client: set MLFLOW_TRACKING_URI, the rest is as with any MLflow server."""

import time

import mlflow
from mlflow.entities import Metric
from mlflow.tracking import MlflowClient

# One request a step would make the training wait for the network.
SEND_EVERY_SECONDS = 0.5
MOST_IN_A_REQUEST = 1000


class MlflowLog:
    def __init__(self, args, params: dict) -> None:
        mlflow.set_experiment("pytorch-digits")
        self._name = args.run or None
        self._params = params
        self._client = MlflowClient()
        self._waiting: list[Metric] = []
        self._sent = time.monotonic()

    def __enter__(self) -> "MlflowLog":
        # Its system metrics are CPU, memory, disk, network and GPUs of this machine, every ten seconds.
        self._run = mlflow.start_run(run_name=self._name, log_system_metrics=True)
        mlflow.log_params(self._params)
        return self

    def __exit__(self, kind, *_) -> None:
        self._send()
        mlflow.end_run("FINISHED" if kind is None else "FAILED")

    def step(self, step: int, epoch: float, metrics: dict[str, float]) -> None:
        now = time.time_ns() // 1_000_000
        self._waiting += [Metric(name, value, now, step) for name, value in {**metrics, "epoch": epoch}.items()]
        if time.monotonic() - self._sent > SEND_EVERY_SECONDS:
            self._send()

    def _send(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting[:MOST_IN_A_REQUEST], self._waiting[MOST_IN_A_REQUEST:]
            self._client.log_batch(self._run.info.run_id, metrics=some)
        self._sent = time.monotonic()
