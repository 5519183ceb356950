from __future__ import annotations

from offkey.features.mel import mel_bands_hz
from offkey.learned.identify.image import LogMelImage


def test_the_image_has_one_size_whatever_the_clip(hum) -> None:
    front_end = LogMelImage(n_mels=32, n_columns=155)
    for seconds in (0.1, 1.0, 10.0, 25.0):
        assert front_end.vector(hum(1, seconds=seconds), 16_000).shape == (32 * 155,)
    image = front_end.vector(hum(1, seconds=10.0), 16_000).reshape(32, 155)
    loudest = mel_bands_hz(16_000, 32)[image.mean(axis=1).argmax()]
    assert loudest[0] < 120 < loudest[1]
    assert abs(image.mean()) < 0.01
