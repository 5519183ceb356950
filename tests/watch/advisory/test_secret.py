"""Secrets come of files and variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from offkey.errors import UsageError
from offkey.watch.advisory.secret import Secret


def test_a_secret_is_read_from_a_file_beside_the_plant_or_from_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("  hunter2\n", encoding="utf-8")
    monkeypatch.setenv("PLANT_KEY", "hunter3")
    assert Secret(file="key").read(tmp_path) == "hunter2"
    assert Secret(file=str(tmp_path / "key")).read(Path("elsewhere")) == "hunter2"
    assert Secret(env="PLANT_KEY").read(tmp_path) == "hunter3"
    assert "hunter" not in repr(Secret(env="PLANT_KEY"))


def test_a_secret_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLANT_KEY", raising=False)
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for secret, said in (
        (Secret(env="PLANT_KEY"), "The environment variable PLANT_KEY should hold a secret, and is not set."),
        (Secret(file="none"), "none should hold a secret, and cannot be read: No such file or directory."),
        (Secret(file="empty"), "empty should hold a secret, and is empty."),
        (Secret(file="binary"), "binary should hold a secret, and cannot be read: no text in UTF-8."),
    ):
        with pytest.raises(UsageError) as found:
            secret.read(tmp_path)
        assert str(found.value).endswith(said)
