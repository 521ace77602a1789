"""How far a run is from a golden one: in the two forms in which the project bounds it.

float64: the largest difference, relative to the largest value among the tensors of that kind of one network.
float32: relative L2 per network over its gradients, moments and updates; pictures and losses by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from torch import Tensor, cat

from training import Losses, Tensors, with_prefix_removed

NEGLIGIBLE_GRADIENT = 1e-9
"""A parameter whose gold gradient is nowhere above this has a gradient of zero: what f32 finds there is rounding."""

Nested = dict[str, "float | dict[str, float]"]


def loss_error(ours: Iterable[Losses], gold: Iterable[Losses]) -> float:
    """Largest relative difference of a loss; a term that is 0 in gold counts by its value."""
    pairs = [(mine[name], step[name]) for mine, step in zip(ours, gold, strict=True) for name in step]
    return max(abs(a - b) / (abs(b) or 1.0) for a, b in pairs)


def largest(tensors: Iterable[Tensor]) -> float:
    """The largest absolute value of all tensors."""
    return max(value.abs().max().item() for value in tensors)


def group(name: str) -> str:
    """The kind and network of a tensor: `grad/G_A` of `grad/G_A/model.1.weight`; pictures are one group."""
    return name.split("/")[0] if name.startswith("fwd/") else name.rsplit("/", 1)[0]


def errors_by_group(ours: Tensors, gold: Mapping[str, Tensor]) -> dict[str, float]:
    """For each kind and network, the largest difference relative to the largest gold value; throws KeyError when ours lacks one."""
    errors = {}
    for key in sorted({group(name) for name in gold}):
        names = [name for name in gold if group(name) == key]
        difference = largest(ours[name].double() - gold[name] for name in names)
        errors[key] = difference / largest(gold[name] for name in names)
    return errors


def relative_l2(ours: list[Tensor], gold: list[Tensor]) -> float:
    """|ours - gold| / |gold| over all tensors together."""
    truth = cat([value.flatten() for value in gold])
    found = cat([value.double().flatten() for value in ours])
    return ((found - truth).norm() / truth.norm()).item()


def errors_by_net(ours: Tensors, gold: Mapping[str, Tensor], nets: Iterable[str], kind: str) -> dict[str, float]:
    """Relative L2 per network of `grad`, `adam_m` or `adam_v`."""
    errors = {}
    for net in nets:
        names = [f"{kind}/{net}/{name}" for name in trained_parameters(gold, net)]
        errors[net] = relative_l2([ours[name] for name in names], [gold[name] for name in names])
    return errors


def update_errors(ours: Tensors, gold: Mapping[str, Tensor], net: str, names: list[str]) -> float:
    """Relative L2 of final - init over `names` of `net`: doing nothing would score 1."""
    init, final = with_prefix_removed(gold, f"init/{net}/"), with_prefix_removed(gold, f"final/{net}/")
    found = [ours[f"final/{net}/{name}"].double() - init[name] for name in names]
    return relative_l2(found, [final[name] - init[name] for name in names])


def trained_parameters(gold: Mapping[str, Tensor], net: str) -> list[str]:
    """The parameters of `net` that have a gradient worth the name."""
    gradients = with_prefix_removed(gold, f"grad/{net}/")
    return [name for name, value in gradients.items() if value.abs().max() >= NEGLIGIBLE_GRADIENT]


def running_statistics(gold: Mapping[str, Tensor], net: str) -> list[str]:
    """The names of batch norm's running statistics in `net`; none with other norms."""
    return [name for name in with_prefix_removed(gold, f"final/{net}/") if ".running_" in name]


def single_precision_errors(ours: Tensors, gold: Mapping[str, Tensor], nets: list[str]) -> Nested:
    """The figures of a float32 run, but for its losses: pictures, then each kind per network."""
    pictures = with_prefix_removed(gold, "fwd/")
    errors: Nested = {"pictures": largest(ours[f"fwd/{name}"].double() - value for name, value in pictures.items())}
    for kind in ("grad", "adam_m", "adam_v"):
        errors[kind] = errors_by_net(ours, gold, nets, kind)
    errors["update"] = {net: update_errors(ours, gold, net, trained_parameters(gold, net)) for net in nets}
    with_statistics = [net for net in nets if running_statistics(gold, net)]
    if with_statistics:
        errors["running"] = {net: update_errors(ours, gold, net, running_statistics(gold, net)) for net in with_statistics}
    return errors
