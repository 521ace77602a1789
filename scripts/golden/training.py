"""One training step of CycleGAN and of pix2pix, and a run of several, recorded for the golden files.

The order of the calls is the published implementation's: batch norm's running statistics depend on it.
A run is a function of its configuration, initial weights, pictures and dtype; nothing in it is random.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from networks import NormKind, Unsupported, make_discriminator, make_generator

Tensors = dict[str, Tensor]
Losses = dict[str, float]


@dataclass(frozen=True)
class Config:
    """The options of a run, named as in the reference; `lambda_gp` is absent where there is no gradient penalty."""

    model: Literal["cycle_gan", "pix2pix"]
    netG: str
    norm: NormKind
    gan_mode: Literal["lsgan", "vanilla", "wgangp"]
    height: int
    width: int
    seed: int
    netD: str = "basic"
    ngf: int = 2
    ndf: int = 2
    n_layers_D: int = 3
    lambda_A: float = 10.0
    lambda_B: float = 10.0
    lambda_identity: float = 0.0
    lambda_L1: float = 100.0
    lr: float = 0.0002
    beta1: float = 0.5
    input_nc: int = 3
    output_nc: int = 3
    batch: int = 1
    steps: int = 2
    init_type: Literal["normal", "xavier"] = "normal"
    init_gain: float = 0.02
    no_dropout: bool = True
    direction: Literal["AtoB", "BtoA"] = "AtoB"
    lambda_gp: float | None = None

    def to_json(self) -> dict[str, object]:
        """The options as a plain record, without those that are absent."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass
class Run:
    """What a run leaves: losses of every step, and tensors under the names of the golden files."""

    losses: list[Losses] = field(default_factory=list)
    tensors: Tensors = field(default_factory=dict)
    visuals: list[str] = field(default_factory=list)


def gan_loss(mode: str, logits: Tensor, is_real: bool) -> Tensor:
    """How far a discriminator's answer is from `is_real`, averaged over its patches."""
    if mode == "lsgan":
        return functional.mse_loss(logits, torch.full_like(logits, float(is_real)))
    if mode == "vanilla":
        return functional.binary_cross_entropy_with_logits(logits, torch.full_like(logits, float(is_real)))
    if mode == "wgangp":
        return -logits.mean() if is_real else logits.mean()
    raise Unsupported(f"gan_mode: expected lsgan, vanilla or wgangp, got {mode!r}")


def gradient_penalty(disc: nn.Module, real: Tensor, fake: Tensor, alpha: Tensor) -> Tensor:
    """Mean over samples of (|dD/dx| - 1)^2 at x = alpha real + (1 - alpha) fake, with the reference's 1e-16."""
    mixed = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    (gradient,) = torch.autograd.grad(disc(mixed).sum(), mixed, create_graph=True)
    return (((gradient.flatten(1) + 1e-16).norm(2, dim=1) - 1) ** 2).mean()


def freeze(nets: Iterable[nn.Module], frozen: bool) -> None:
    """Keeps (or lets) the weights of `nets` gather gradients."""
    for net in nets:
        net.requires_grad_(not frozen)


class Model:
    """The networks and optimisers of a run: `gens` share one Adam, `discs` the other."""

    def __init__(self, config: Config, gens: dict[str, nn.Module], discs: dict[str, nn.Module], dtype: torch.dtype) -> None:
        self.config = config
        self.nets: dict[str, nn.Module] = {**gens, **discs}
        for net in self.nets.values():
            net.to(dtype).train()
        self.gen_adam = self._adam(gens)
        self.disc_adam = self._adam(discs)
        self.pictures: Tensors = {}

    def _adam(self, nets: dict[str, nn.Module]) -> torch.optim.Adam:
        parameters = chain.from_iterable(net.parameters() for net in nets.values())
        return torch.optim.Adam(parameters, lr=self.config.lr, betas=(self.config.beta1, 0.999), eps=1e-8)

    def gan(self, logits: Tensor, is_real: bool) -> Tensor:
        """The adversarial loss of this run's mode."""
        return gan_loss(self.config.gan_mode, logits, is_real)

    def sources(self, feeds: Tensors) -> tuple[Tensor, Tensor]:
        """Source and target pictures: the data set's A and B, or B and A."""
        a_to_b = self.config.direction == "AtoB"
        return (feeds["A"], feeds["B"]) if a_to_b else (feeds["B"], feeds["A"])

    def step(self, feeds: Tensors) -> dict[str, Tensor]:
        """One update of every network; returns the losses and leaves the pictures in `pictures`."""
        raise NotImplementedError


class CycleGan(Model):
    """Generators first, then both discriminators on the fakes made before the generators' update."""

    def __init__(self, config: Config, dtype: torch.dtype) -> None:
        source, target = config.input_nc, config.output_nc

        def gen(inputs: int, outputs: int) -> nn.Module:
            return make_generator(config.netG, inputs, outputs, config.ngf, config.norm)

        def disc(inputs: int) -> nn.Module:
            return make_discriminator(config.netD, inputs, config.ndf, config.n_layers_D, config.norm)

        gens = {"G_A": gen(source, target), "G_B": gen(target, source)}
        super().__init__(config, gens, {"D_A": disc(target), "D_B": disc(source)}, dtype)

    def step(self, feeds: Tensors) -> dict[str, Tensor]:
        losses = self._step_generators(*self.sources(feeds))
        losses.update(self._step_discriminators(feeds))
        return losses

    def _step_generators(self, real_a: Tensor, real_b: Tensor) -> dict[str, Tensor]:
        gen_a, gen_b = self.nets["G_A"], self.nets["G_B"]
        discs = (self.nets["D_A"], self.nets["D_B"])
        fake_b = gen_a(real_a)
        rec_a = gen_b(fake_b)
        fake_a = gen_b(real_b)
        rec_b = gen_a(fake_a)
        self.pictures = {"real_A": real_a, "fake_B": fake_b, "rec_A": rec_a, "real_B": real_b, "fake_A": fake_a, "rec_B": rec_b}

        freeze(discs, True)
        self.gen_adam.zero_grad()
        losses = self._identity_losses(real_a, real_b)
        losses["G_A"] = self.gan(discs[0](fake_b), True)
        losses["G_B"] = self.gan(discs[1](fake_a), True)
        losses["cycle_A"] = functional.l1_loss(rec_a, real_a) * self.config.lambda_A
        losses["cycle_B"] = functional.l1_loss(rec_b, real_b) * self.config.lambda_B
        sum(losses.values()).backward()
        self.gen_adam.step()
        freeze(discs, False)
        return losses

    def _identity_losses(self, real_a: Tensor, real_b: Tensor) -> dict[str, Tensor]:
        weight = self.config.lambda_identity
        if weight == 0:
            return {"idt_A": real_a.new_zeros(()), "idt_B": real_a.new_zeros(())}
        idt_a = self.nets["G_A"](real_b)
        idt_b = self.nets["G_B"](real_a)
        self.pictures.update(idt_A=idt_a, idt_B=idt_b)
        return {
            "idt_A": functional.l1_loss(idt_a, real_b) * self.config.lambda_B * weight,
            "idt_B": functional.l1_loss(idt_b, real_a) * self.config.lambda_A * weight,
        }

    def _step_discriminators(self, feeds: Tensors) -> dict[str, Tensor]:
        self.disc_adam.zero_grad()
        losses = {}
        for name, domain in (("D_A", "B"), ("D_B", "A")):
            real, fake = self.pictures[f"real_{domain}"], self.pictures[f"fake_{domain}"]
            losses[name] = self._discriminator_loss(name, real, fake.detach(), feeds)
            losses[name].backward()
        self.disc_adam.step()
        return losses

    def _discriminator_loss(self, name: str, real: Tensor, fake: Tensor, feeds: Tensors) -> Tensor:
        disc = self.nets[name]
        on_real = self.gan(disc(real), True)
        on_fake = self.gan(disc(fake), False)
        loss = 0.5 * (on_real + on_fake)
        if self.config.lambda_gp is None:
            return loss
        return loss + self.config.lambda_gp * gradient_penalty(disc, real, fake, feeds[f"alpha_{name}"])


class Pix2Pix(Model):
    """The discriminator first, on pairs (A, B); then the generator against the updated discriminator."""

    def __init__(self, config: Config, dtype: torch.dtype) -> None:
        if config.lambda_gp is not None:
            raise Unsupported("lambda_gp: these runs have a gradient penalty for cycle_gan only, got pix2pix")
        gen = make_generator(config.netG, config.input_nc, config.output_nc, config.ngf, config.norm)
        pair = config.input_nc + config.output_nc
        disc = make_discriminator(config.netD, pair, config.ndf, config.n_layers_D, config.norm)
        super().__init__(config, {"G": gen}, {"D": disc}, dtype)

    def step(self, feeds: Tensors) -> dict[str, Tensor]:
        real_a, real_b = self.sources(feeds)
        fake_b = self.nets["G"](real_a)
        self.pictures = {"real_A": real_a, "fake_B": fake_b, "real_B": real_b}
        losses = self._step_discriminator(real_a, real_b, fake_b.detach())
        losses.update(self._step_generator(real_a, real_b, fake_b))
        return losses

    def _step_discriminator(self, real_a: Tensor, real_b: Tensor, fake_b: Tensor) -> dict[str, Tensor]:
        disc = self.nets["D"]
        self.disc_adam.zero_grad()
        on_fake = self.gan(disc(torch.cat([real_a, fake_b], dim=1)), False)
        on_real = self.gan(disc(torch.cat([real_a, real_b], dim=1)), True)
        (0.5 * (on_fake + on_real)).backward()
        self.disc_adam.step()
        return {"D_fake": on_fake, "D_real": on_real}

    def _step_generator(self, real_a: Tensor, real_b: Tensor, fake_b: Tensor) -> dict[str, Tensor]:
        disc = self.nets["D"]
        freeze([disc], True)
        self.gen_adam.zero_grad()
        gan = self.gan(disc(torch.cat([real_a, fake_b], dim=1)), True)
        l1 = functional.l1_loss(fake_b, real_b) * self.config.lambda_L1
        (gan + l1).backward()
        self.gen_adam.step()
        freeze([disc], False)
        return {"G_GAN": gan, "G_L1": l1}


LOSS_NAMES = {
    "cycle_gan": ("D_A", "G_A", "cycle_A", "idt_A", "D_B", "G_B", "cycle_B", "idt_B"),
    "pix2pix": ("G_GAN", "G_L1", "D_real", "D_fake"),
}


def make_model(config: Config, dtype: torch.dtype) -> Model:
    """The networks of `config` with their optimisers; throws Unsupported for what these scripts do not write."""
    if not config.no_dropout:
        raise Unsupported("no_dropout: dropout masks are not recorded, so expected true, got false")
    if config.model == "cycle_gan":
        return CycleGan(config, dtype)
    if config.model == "pix2pix":
        return Pix2Pix(config, dtype)
    raise Unsupported(f"model: expected cycle_gan or pix2pix, got {config.model!r}")


def state_of(model: Model) -> Tensors:
    """Copies of all weights and running statistics as `<net>/<param>`, without batch norm's unused counter."""
    return {
        f"{name}/{key}": value.clone()
        for name, net in model.nets.items()
        for key, value in net.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }


def load_state(model: Model, state: Mapping[str, Tensor]) -> None:
    """Sets every weight and running statistic from `<net>/<param>`; throws ValueError where the names differ."""
    own = state_of(model)
    if own.keys() != state.keys():
        raise ValueError(f"initial weights: names only in one of file and model: {sorted(own.keys() ^ state.keys())}")
    for name, net in model.nets.items():
        net.load_state_dict(with_prefix_removed(state, f"{name}/"), strict=False)


def with_prefix_removed(tensors: Mapping[str, Tensor], prefix: str) -> Tensors:
    """The tensors whose names begin with `prefix`, under the rest of their names."""
    return {name[len(prefix) :]: value for name, value in tensors.items() if name.startswith(prefix)}


def gradients_of(model: Model) -> Tensors:
    """Copies of the gradients that the last step's optimisers saw."""
    return {f"{name}/{key}": p.grad.clone() for name, net in model.nets.items() for key, p in net.named_parameters()}


def moments_of(model: Model) -> tuple[Tensors, Tensors]:
    """Copies of Adam's first and second moments."""
    state = {**model.gen_adam.state, **model.disc_adam.state}
    first, second = {}, {}
    for name, net in model.nets.items():
        for key, parameter in net.named_parameters():
            first[f"{name}/{key}"] = state[parameter]["exp_avg"].clone()
            second[f"{name}/{key}"] = state[parameter]["exp_avg_sq"].clone()
    return first, second


def prefixed(prefix: str, tensors: Tensors) -> Tensors:
    """The tensors under `<prefix>/<name>`."""
    return {f"{prefix}/{name}": value for name, value in tensors.items()}


def run_case(config: Config, given: Mapping[str, Tensor], dtype: torch.dtype) -> Run:
    """Runs all steps from the `init/` and `in/` tensors of `given`."""
    model = make_model(config, dtype)
    load_state(model, with_prefix_removed(given, "init/"))
    run = Run()
    for step in range(config.steps):
        feeds = {name: value.to(dtype) for name, value in with_prefix_removed(given, f"in/{step}/").items()}
        losses = model.step(feeds)
        run.losses.append({name: losses[name].item() for name in LOSS_NAMES[config.model]})
        if step == 0:
            run.visuals = list(model.pictures)
            run.tensors.update(prefixed("fwd", {name: value.detach() for name, value in model.pictures.items()}))
            run.tensors.update(prefixed("grad", gradients_of(model)))
    first, second = moments_of(model)
    run.tensors.update({**prefixed("adam_m", first), **prefixed("adam_v", second)})
    run.tensors.update(prefixed("final", state_of(model)))
    return run
