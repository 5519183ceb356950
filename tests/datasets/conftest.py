"""Archives on a server that speaks as Zenodo does, and a disk that is full."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.zenodo import FakeZenodo


@pytest.fixture
def fan_archives(zenodo: FakeZenodo) -> Callable[[], FakeZenodo]:
    """Return a function that puts the three archives of fan, DCASE 2020, on the server."""

    def put() -> FakeZenodo:
        sound = bytes(range(256)) * 800
        zenodo.add("3678171", "dev_data_fan.zip", {f"fan/train/normal_id_00_{k:08d}.wav": sound for k in range(3)})
        zenodo.add("3727685", "eval_data_train_fan.zip", {"fan/train/normal_id_01_00000000.wav": sound})
        zenodo.add("3841772", "eval_data_test_fan.zip", {"fan/test/id_01_00000000.wav": sound, "fan/test/": b""})
        return zenodo

    return put


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Return a function that lets writing to files of one ending fail after some bytes, as on a full disk."""
    import errno
    import os

    real_open = Path.open

    def fill(ending: str, room: int) -> None:
        left = [room]

        def limited(path: Path, mode: str = "r", *args: object, **kwargs: object) -> object:
            file = real_open(path, mode, *args, **kwargs)  # type: ignore[call-overload]
            if not path.name.endswith(ending) or "r" in mode:
                return file
            real_write = file.write

            class Limited:
                def __enter__(self) -> Limited:
                    return self

                def __exit__(self, *_: object) -> None:
                    file.close()

                def write(self, data: bytes) -> int:
                    fits = data[: left[0]]
                    left[0] -= len(fits)
                    real_write(fits)
                    if len(fits) < len(data):
                        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                    return len(data)

            return Limited()

        monkeypatch.setattr(Path, "open", limited)

    return fill
