"""The layers of the 34-layer residual network, and what torchvision calls their weights."""

from __future__ import annotations

from offkey.learned.network.layers import Layer, batch_norm, conv2d, dense, global_mean, max_pool2d, relu, residual

__all__ = ["resnet34_layers", "torchvision_names"]

_BLOCKS = (3, 4, 6, 3)  # in each of the four stages
_STEM = 4  # layers before the first block


def resnet34_layers(n_types: int, width: int = 64) -> list[Layer]:
    """Return the layers of the 34-layer residual network for inputs of shape (1, height, width), at least 32 each.

    K. He et al., "Deep residual learning for image recognition", CVPR 2016, table 1: a 7x7 convolution and a maximum,
    stages of 3, 4, 6 and 3 basic blocks of two 3x3 convolutions each, where a stage's first block halves the image and
    doubles the channels behind a projection (option B), and the mean over the image. The first stage has `width`
    channels, the last layer takes ``8 * width`` features.
    """
    layers = [conv2d(1, width, kernel=(7, 7), stride=(2, 2), padding=(3, 3), bias=False), batch_norm(width), relu()]
    layers.append(max_pool2d((3, 3), stride=(2, 2), padding=(1, 1)))
    inputs = width
    for stage, blocks in enumerate(_BLOCKS):
        outputs = width * 2**stage
        for number in range(blocks):
            layers += [_block(inputs, outputs, 2 if stage and not number else 1), relu()]
            inputs = outputs
    return [*layers, global_mean(), dense(inputs, n_types)]


def _block(inputs: int, outputs: int, stride: int) -> Layer:
    body = [
        conv2d(inputs, outputs, stride=(stride, stride), padding=(1, 1), bias=False),
        batch_norm(outputs),
        relu(),
        conv2d(outputs, outputs, padding=(1, 1), bias=False),
        batch_norm(outputs),
    ]
    if stride == 1 and inputs == outputs:
        return residual(body)
    shortcut = conv2d(inputs, outputs, kernel=(1, 1), stride=(stride, stride), bias=False)
    return residual(body, [shortcut, batch_norm(outputs)])


def torchvision_names() -> dict[str, str]:
    """Return torchvision's name of each layer with weights, but the last, by the name in `Network.arrays`."""
    known = {"0": "conv1", "1": "bn1"}
    parts = {"body.0": "conv1", "body.1": "bn1", "body.3": "conv2", "body.4": "bn2"}
    at = _STEM
    for stage, blocks in enumerate(_BLOCKS):
        for number in range(blocks):
            shortcut = {"shortcut.0": "downsample.0", "shortcut.1": "downsample.1"} if stage and not number else {}
            for own, theirs in (parts | shortcut).items():
                known[f"{at}.{own}"] = f"layer{stage + 1}.{number}.{theirs}"
            at += 2
    return known
