"""The golden runs of this project: combinations that the published runs lack, each as small as it can be.

Initial weights are larger than the paper's 0.02: so narrow a network would otherwise leave nothing to measure.
Seeds are chosen so that float32 flips no sign of a ReLU or an L1 difference (a flip moves a gradient by 1e-3 and more,
which would hide errors of arithmetic), no loss is near zero, and no channel that a norm follows is linear in its bias.
"""

from __future__ import annotations

from training import Config

CASES: dict[str, Config] = {
    "cyclegan-resnet6-batchnorm-16x20-batch2": Config(
        model="cycle_gan", netG="resnet_6blocks", norm="batch", gan_mode="lsgan",
        height=16, width=20, batch=2, seed=16, init_gain=0.2, ngf=1, netD="n_layers", n_layers_D=2,
        lambda_A=7.0, lambda_B=12.0, lambda_identity=0.3,
    ),
    "pix2pix-unet128-instance-1ch-btoa": Config(
        model="pix2pix", netG="unet_128", norm="instance", gan_mode="vanilla",
        height=128, width=128, seed=12, init_gain=0.2, ngf=1, input_nc=1, output_nc=1, direction="BtoA",
    ),
    "cyclegan-resnet2-pixel-instance-1to4-btoa": Config(
        model="cycle_gan", netG="resnet_2blocks", norm="instance", gan_mode="lsgan",
        height=28, width=20, steps=3, seed=13, init_gain=0.1, netD="pixel", ndf=4,
        input_nc=1, output_nc=4, direction="BtoA", lambda_A=10.0, lambda_B=5.0,
    ),
    "cyclegan-resnet2-pixel-batchnorm-vanilla": Config(
        model="cycle_gan", netG="resnet_2blocks", norm="batch", gan_mode="vanilla",
        height=16, width=24, batch=2, steps=3, seed=18, init_gain=0.1, netD="pixel", ndf=4,
        lambda_identity=0.5, lr=0.001,
    ),
    "cyclegan-resnet2-wgangp-penalty-batch2": Config(
        model="cycle_gan", netG="resnet_2blocks", norm="instance", gan_mode="wgangp",
        height=16, width=24, batch=2, seed=23, init_gain=0.1, netD="n_layers", n_layers_D=2,
        lambda_gp=10.0, lambda_identity=0.5,
    ),
    "cyclegan-resnet3-wgangp-nonorm-patch4": Config(
        model="cycle_gan", netG="resnet_3blocks", norm="none", gan_mode="wgangp",
        height=48, width=56, seed=13, init_type="xavier", init_gain=1.7, ngf=1, netD="n_layers", n_layers_D=4, ndf=1,
        input_nc=1, output_nc=2, beta1=0.0,
    ),
    "pix2pix-resnet2-batchnorm-1to3-btoa": Config(
        model="pix2pix", netG="resnet_2blocks", norm="batch", gan_mode="lsgan",
        height=28, width=20, batch=2, steps=3, seed=17, init_gain=0.1, netD="n_layers", n_layers_D=1, ndf=4,
        input_nc=1, output_nc=3, direction="BtoA", lambda_L1=50.0,
    ),
}
