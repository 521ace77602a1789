"""The networks of the paper in PyTorch, written for the golden runs.

Each module is laid out so that its state_dict has the names of the published implementation
(pytorch-CycleGAN-and-pix2pix): indices count activations, paddings and absent norms as well.
A convolution has a bias where instance norm follows; the first and last layers say so themselves.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal

from torch import Tensor, cat, nn

NormKind = Literal["instance", "batch", "none"]

UNET_LEVELS = {"unet_128": 7, "unet_256": 8}
LEAK = 0.2


class Unsupported(ValueError):
    """A configuration asks for something these scripts do not write."""


def norm_layer(kind: NormKind, channels: int) -> nn.Module:
    """Normalisation over `channels`; 'none' keeps its place in the sequence."""
    if kind == "instance":
        return nn.InstanceNorm2d(channels, affine=False, track_running_stats=False)
    if kind == "batch":
        return nn.BatchNorm2d(channels, affine=True, track_running_stats=True)
    if kind == "none":
        return nn.Identity()
    raise Unsupported(f"norm: expected instance, batch or none, got {kind!r}")


def conv_has_bias(kind: NormKind) -> bool:
    """Whether inner convolutions carry a bias: the reference's `use_bias`."""
    return kind == "instance"


class ResnetBlock(nn.Module):
    """x + F(x), F being two reflection-padded 3x3 convolutions with norms."""

    def __init__(self, channels: int, norm: NormKind) -> None:
        super().__init__()
        bias = conv_has_bias(norm)
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3, bias=bias),
            norm_layer(norm, channels),
            nn.ReLU(),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3, bias=bias),
            norm_layer(norm, channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv_block(x)


class ResnetGenerator(nn.Module):
    """7x7 stem, two strided convolutions down, `blocks` residual blocks, two transposed ones up, 7x7 head, tanh."""

    def __init__(self, inputs: int, outputs: int, filters: int, blocks: int, norm: NormKind) -> None:
        super().__init__()
        bias = conv_has_bias(norm)

        def activated(conv: nn.Module, channels: int) -> list[nn.Module]:
            return [conv, norm_layer(norm, channels), nn.ReLU()]

        layers = [nn.ReflectionPad2d(3), *activated(nn.Conv2d(inputs, filters, 7, bias=bias), filters)]
        for narrow in (filters, 2 * filters):
            layers += activated(nn.Conv2d(narrow, 2 * narrow, 3, stride=2, padding=1, bias=bias), 2 * narrow)
        layers += [ResnetBlock(4 * filters, norm) for _ in range(blocks)]
        for narrow in (2 * filters, filters):
            up = nn.ConvTranspose2d(2 * narrow, narrow, 3, stride=2, padding=1, output_padding=1, bias=bias)
            layers += activated(up, narrow)
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(filters, outputs, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


class UnetLevel(nn.Module):
    """One level of the U-Net: down, the deeper level, up; all but the outermost return their input beside the result."""

    def __init__(self, layers: list[nn.Module], skips: bool) -> None:
        super().__init__()
        self.model = nn.Sequential(*layers)
        self.skips = skips

    def forward(self, x: Tensor) -> Tensor:
        return cat([x, self.model(x)], dim=1) if self.skips else self.model(x)


def unet_innermost(channels: int, norm: NormKind) -> UnetLevel:
    """The bottleneck: no norm on the way down (its pictures may be 1x1)."""
    bias = conv_has_bias(norm)
    down = [nn.LeakyReLU(LEAK), nn.Conv2d(channels, channels, 4, stride=2, padding=1, bias=bias)]
    up = [nn.ReLU(), nn.ConvTranspose2d(channels, channels, 4, stride=2, padding=1, bias=bias)]
    return UnetLevel([*down, *up, norm_layer(norm, channels)], skips=True)


def unet_middle(outer: int, inner: int, deeper: UnetLevel, norm: NormKind) -> UnetLevel:
    """A level between: `outer` channels outside it, `inner` inside, twice as many on the way up."""
    bias = conv_has_bias(norm)
    down_conv = nn.Conv2d(outer, inner, 4, stride=2, padding=1, bias=bias)
    up_conv = nn.ConvTranspose2d(2 * inner, outer, 4, stride=2, padding=1, bias=bias)
    down = [nn.LeakyReLU(LEAK), down_conv, norm_layer(norm, inner)]
    up = [nn.ReLU(), up_conv, norm_layer(norm, outer)]
    return UnetLevel([*down, deeper, *up], skips=True)


class UnetGenerator(nn.Module):
    """Encoder and decoder of `levels` levels, joined by skips; channels double up to 8 x filters."""

    def __init__(self, inputs: int, outputs: int, filters: int, levels: int, norm: NormKind) -> None:
        super().__init__()
        widths = [filters * min(2**level, 8) for level in range(levels)]
        level = unet_innermost(widths[-1], norm)
        for outer, inner in reversed(list(pairwise(widths[:-1]))):
            level = unet_middle(outer, inner, level, norm)
        down = nn.Conv2d(inputs, filters, 4, stride=2, padding=1, bias=conv_has_bias(norm))
        up = nn.ConvTranspose2d(2 * filters, outputs, 4, stride=2, padding=1)
        self.model = UnetLevel([down, level, nn.ReLU(), up, nn.Tanh()], skips=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


class PatchDiscriminator(nn.Module):
    """PatchGAN: `layers` strided 4x4 convolutions, one of stride 1, and a head of one channel of logits."""

    def __init__(self, inputs: int, filters: int, layers: int, norm: NormKind) -> None:
        super().__init__()
        widths = [filters * min(2**layer, 8) for layer in range(layers + 1)]
        sequence = [nn.Conv2d(inputs, filters, 4, stride=2, padding=1), nn.LeakyReLU(LEAK)]
        for layer in range(1, layers + 1):
            stride = 1 if layer == layers else 2
            conv = nn.Conv2d(widths[layer - 1], widths[layer], 4, stride, padding=1, bias=conv_has_bias(norm))
            sequence += [conv, norm_layer(norm, widths[layer]), nn.LeakyReLU(LEAK)]
        self.model = nn.Sequential(*sequence, nn.Conv2d(widths[-1], 1, 4, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


class PixelDiscriminator(nn.Module):
    """1x1 PatchGAN: judges each pixel by itself. Its head has a bias only with instance norm, as in the reference."""

    def __init__(self, inputs: int, filters: int, norm: NormKind) -> None:
        super().__init__()
        bias = conv_has_bias(norm)
        self.net = nn.Sequential(
            nn.Conv2d(inputs, filters, 1),
            nn.LeakyReLU(LEAK),
            nn.Conv2d(filters, 2 * filters, 1, bias=bias),
            norm_layer(norm, 2 * filters),
            nn.LeakyReLU(LEAK),
            nn.Conv2d(2 * filters, 1, 1, bias=bias),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


def make_generator(name: str, inputs: int, outputs: int, filters: int, norm: NormKind) -> nn.Module:
    """The generator called `resnet_<n>blocks`, `unet_128` or `unet_256`."""
    blocks = re.fullmatch(r"resnet_(\d+)blocks", name)
    if blocks:
        return ResnetGenerator(inputs, outputs, filters, int(blocks[1]), norm)
    if name in UNET_LEVELS:
        return UnetGenerator(inputs, outputs, filters, UNET_LEVELS[name], norm)
    raise Unsupported(f"netG: expected resnet_<n>blocks, unet_128 or unet_256, got {name!r}")


def make_discriminator(name: str, inputs: int, filters: int, layers: int, norm: NormKind) -> nn.Module:
    """The discriminator called `basic` (PatchGAN of 3 layers), `n_layers` (of `layers`) or `pixel`."""
    if name == "basic":
        return PatchDiscriminator(inputs, filters, 3, norm)
    if name == "n_layers":
        return PatchDiscriminator(inputs, filters, layers, norm)
    if name == "pixel":
        return PixelDiscriminator(inputs, filters, norm)
    raise Unsupported(f"netD: expected basic, n_layers or pixel, got {name!r}")
