"""What to measure of a training besides its loss: where gradients vanish or explode, and how far each step moves the weights."""

import torch
from torch import nn


class LayerNorms:
    """L2 norms of a step's gradients, by layer. Make it after backward() and before the optimizer's step."""

    def __init__(self, model: nn.Module) -> None:
        self._before: dict[str, list[tuple[nn.Parameter, torch.Tensor]]] = {}
        self.gradients: dict[str, float] = {}
        for name, parameter in model.named_parameters():
            if parameter.grad is None:
                continue
            layer = name.rsplit(".", 1)[0]
            self._before.setdefault(layer, []).append((parameter, parameter.detach().clone()))
        for layer, parameters in self._before.items():
            self.gradients[layer] = norm([parameter.grad for parameter, _ in parameters])
        self.total = sum(value**2 for value in self.gradients.values()) ** 0.5

    def update_ratios(self) -> dict[str, float]:
        """The norm of each layer's change over the norm of its weights, about 1e-3 where training goes well. After the optimizer's step."""
        return {
            layer: norm([parameter.detach() - before for parameter, before in parameters])
            / max(norm([before for _, before in parameters]), 1e-12)
            for layer, parameters in self._before.items()
        }


def norm(tensors: list[torch.Tensor]) -> float:
    return sum(tensor.pow(2).sum().item() for tensor in tensors) ** 0.5


def gpu_metrics() -> dict[str, float]:
    """Utilisation, memory, power and temperature of each GPU, by NVML's own counters; nothing where there is no GPU."""
    if not torch.cuda.is_available():
        return {}
    try:
        import pynvml
    except ImportError:
        return {}
    pynvml.nvmlInit()
    metrics = {}
    for index in range(pynvml.nvmlDeviceGetCount()):
        device = pynvml.nvmlDeviceGetHandleByIndex(index)
        memory = pynvml.nvmlDeviceGetMemoryInfo(device)
        metrics[f"system/gpu_{index}_utilization_percentage"] = pynvml.nvmlDeviceGetUtilizationRates(device).gpu
        metrics[f"system/gpu_{index}_memory_used_bytes"] = memory.used
        metrics[f"system/gpu_{index}_memory_usage_percentage"] = 100 * memory.used / memory.total
        metrics[f"system/gpu_{index}_power_usage_watts"] = pynvml.nvmlDeviceGetPowerUsage(device) / 1000
        metrics[f"system/gpu_{index}_temperature_celsius"] = pynvml.nvmlDeviceGetTemperature(device, pynvml.NVML_TEMPERATURE_GPU)
    return metrics
