#!/usr/bin/env python3
"""Makes the project's golden runs with PyTorch in float64, and replays golden runs to check them.

    python3 scripts/golden/make_goldens.py                       write golden/*.json and *.safetensors
    python3 scripts/golden/make_goldens.py --check DIR...        replay in float64; exit 1 above 1e-6
    python3 scripts/golden/make_goldens.py --check DIR... --f32  replay in float32; record golden/torch-f32.json

Needs PyTorch and numpy. Knows nothing of this project's own backends: it is what they are measured against.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from cases import CASES
from errors import errors_by_group, loss_error, single_precision_errors
from safetensors_f32 import read_safetensors, write_safetensors
from training import Config, Losses, Tensors, make_model, run_case, state_of

GOLDEN_DIR = Path(__file__).resolve().parents[2] / "golden"
F32_RECORD = GOLDEN_DIR / "torch-f32.json"
F64_BOUND = 1e-6
F32_ROUNDINGS = 31
FIRST_STEP = ("pictures", "losses1", "grad")
CHECKED_KINDS = ("fwd", "grad", "adam_m", "adam_v", "final")


@dataclass(frozen=True)
class Golden:
    """A golden run as read from its two files; tensors in float64."""

    name: str
    config: Config
    losses: list[Losses]
    nets: list[str]
    tensors: Tensors


def initialise(net: nn.Module, config: Config) -> None:
    """Random weights by `init_type`, norm scales around 1, and biases and running statistics that are not zero, on purpose."""
    for name, value in net.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        if value.dim() == 4 and config.init_type == "xavier":
            nn.init.xavier_normal_(value, config.init_gain)
        elif value.dim() == 4:
            nn.init.normal_(value, 0.0, config.init_gain)
        elif name.endswith("running_var"):
            nn.init.uniform_(value, 0.8, 1.2)
        else:
            nn.init.normal_(value, 1.0 if is_norm_scale(name, value) else 0.0, 0.05)


def is_norm_scale(name: str, value: Tensor) -> bool:
    """Whether a parameter is batch norm's scale."""
    return name.endswith(".weight") and value.dim() == 1


def make_inputs(config: Config) -> Tensors:
    """Uniform noise in [-1, 1] as the data set's A and B of each step, and the penalty's interpolation weights."""
    a_to_b = config.direction == "AtoB"
    counts = (config.input_nc, config.output_nc) if a_to_b else (config.output_nc, config.input_nc)
    inputs: Tensors = {}
    for step in range(config.steps):
        for domain, count in zip("AB", counts, strict=True):
            inputs[f"in/{step}/{domain}"] = torch.rand(config.batch, count, config.height, config.width) * 2 - 1
        for disc in ("D_A", "D_B") if config.lambda_gp is not None else ():
            inputs[f"in/{step}/alpha_{disc}"] = torch.rand(config.batch, 1, 1, 1)
    return inputs


def make_given(config: Config) -> Tensors:
    """The `init/` and `in/` tensors of a run, by its seed, rounded to float32 before they are used."""
    torch.manual_seed(config.seed)
    model = make_model(config, torch.float32)
    for net in model.nets.values():
        initialise(net, config)
    given = {f"init/{name}": value for name, value in state_of(model).items()}
    given.update(make_inputs(config))
    return {name: value.double() for name, value in given.items()}


def write_golden(name: str, config: Config, folder: Path) -> None:
    """Runs `config` in float64 and writes `<name>.json` and `<name>.safetensors`."""
    given = make_given(config)
    run = run_case(config, given, torch.float64)
    nets = list(make_model(config, torch.float64).nets)
    record = {"name": name, "config": config.to_json(), "losses": run.losses, "nets": nets, "visuals": run.visuals}
    (folder / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")
    path = folder / f"{name}.safetensors"
    write_safetensors(path, {**given, **run.tensors})
    print(f"{name}: {path.stat().st_size / 1024:.0f} KiB")


def read_goldens(folder: Path) -> list[Golden]:
    """Every golden run of `folder`: a json with a safetensors file of the same name beside it."""
    paths = [path for path in sorted(folder.glob("*.json")) if path.with_suffix(".safetensors").exists()]
    if not paths:
        raise FileNotFoundError(f"{folder}: expected golden runs (<name>.json and <name>.safetensors), found none")
    return [read_golden(path) for path in paths]


def read_golden(path: Path) -> Golden:
    """Reads the run whose json is at `path`; throws TypeError for a setting that Config does not know."""
    record = json.loads(path.read_text())
    tensors = read_safetensors(path.with_suffix(".safetensors"))
    return Golden(record["name"], Config(**record["config"]), record["losses"], record["nets"], tensors)


def check_f64(golden: Golden) -> bool:
    """Replays a run in float64, prints its error of each kind and says whether all are within the bound."""
    run = run_case(golden.config, golden.tensors, torch.float64)
    truth = {name: value for name, value in golden.tensors.items() if name.split("/")[0] in CHECKED_KINDS}
    worst = {"losses": loss_error(run.losses, golden.losses)}
    for group, error in errors_by_group(run.tensors, truth).items():
        kind = group.split("/")[0]
        worst[kind] = max(error, worst.get(kind, 0.0))
    print(f"{golden.name}: " + "  ".join(f"{kind} {error:.1e}" for kind, error in worst.items()))
    return max(worst.values()) <= F64_BOUND


def check_f32(golden: Golden) -> dict[str, object]:
    """PyTorch's own float32 error on a run: of step 1 as it is, of what comes after it the worst of replays that differ by rounding.

    After a step, one replay is a matter of luck: where a gradient is near zero, Adam turns its last digit into a whole step, and
    a ReLU near zero flips. The replays take both of PyTorch's convolution paths, and weights and pictures moved by half a unit in
    the last place.
    """
    replays = [[replay_f32(golden, given, onednn) for onednn in (True, False)] for given in roundings(golden)]
    worst = worst_of([record for pair in replays for record in pair])
    as_it_is = worst_of(replays[0])
    return worst | {key: as_it_is[key] for key in FIRST_STEP}


def roundings(golden: Golden) -> Iterator[Tensors]:
    """The run's tensors, then with weights and pictures rounded to float32 from within half a unit in the last place."""
    yield golden.tensors
    generator = torch.Generator().manual_seed(0)
    for _ in range(F32_ROUNDINGS):
        yield {name: moved(value, generator) if name.startswith(("init/", "in/")) else value for name, value in golden.tensors.items()}


def moved(value: Tensor, generator: torch.Generator) -> Tensor:
    """`value` changed by up to 2^-24 of itself."""
    noise = torch.rand(value.shape, generator=generator, dtype=torch.float64) * 2 - 1
    return value * (1 + noise * 2**-24)


def replay_f32(golden: Golden, given: Tensors, onednn: bool) -> dict[str, object]:
    """Replays a run in float32 and returns its error."""
    with torch.backends.mkldnn.flags(enabled=onednn):
        run = run_case(golden.config, given, torch.float32)
    errors = single_precision_errors(run.tensors, golden.tensors, golden.nets)
    losses = {"losses1": loss_error(run.losses[:1], golden.losses[:1]), "losses": loss_error(run.losses, golden.losses)}
    return {"pictures": errors.pop("pictures"), **losses, **errors}


def worst_of(records: list[dict[str, object]]) -> dict[str, object]:
    """Each figure's largest value."""
    largest: dict[str, object] = {}
    for key, value in records[0].items():
        all_values = [record[key] for record in records]
        largest[key] = worst_of(all_values) if isinstance(value, dict) else max(all_values)
    return largest


def record_f32(goldens: list[Golden]) -> None:
    """Prints the float32 errors of `goldens` and merges them into the record, three digits each."""
    record = json.loads(F32_RECORD.read_text()) if F32_RECORD.exists() else {}
    for golden in goldens:
        record[golden.name] = shorten(check_f32(golden))
        print(f"{golden.name}: {json.dumps(record[golden.name])}")
    F32_RECORD.write_text(json.dumps(dict(sorted(record.items())), indent=1) + "\n")


def shorten(value: object) -> object:
    """The same record with three significant digits."""
    if isinstance(value, dict):
        return {key: shorten(item) for key, item in value.items()}
    return float(f"{value:.3g}")


def main() -> int:
    """Parses the arguments and returns the exit status."""
    parser = argparse.ArgumentParser(description="Make or check golden runs with PyTorch.")
    parser.add_argument("--check", nargs="+", type=Path, metavar="DIR", help="replay the golden runs of these folders")
    parser.add_argument("--f32", action="store_true", help="with --check: replay in float32 and record its errors")
    options = parser.parse_args()
    if options.f32 and not options.check:
        parser.error("--f32 needs --check DIR...")
    torch.set_num_threads(1)
    if not options.check:
        GOLDEN_DIR.mkdir(exist_ok=True)
        for name, config in CASES.items():
            write_golden(name, config, GOLDEN_DIR)
        return 0
    goldens = [golden for folder in options.check for golden in read_goldens(folder)]
    if options.f32:
        record_f32(goldens)
        return 0
    results = [check_f64(golden) for golden in goldens]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
