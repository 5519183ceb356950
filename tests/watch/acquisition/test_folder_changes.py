"""Changes of a folder, as the system reports them."""

from __future__ import annotations

import time
from pathlib import Path

from offkey.watch.acquisition.folder_changes import FolderChanges


def test_a_change_is_reported_once_also_within_folders(tmp_path: Path) -> None:
    (tmp_path / "within").mkdir()
    with FolderChanges(tmp_path) as changes:
        until = time.monotonic() + 20
        changed = False
        while not changed and time.monotonic() < until:
            (tmp_path / "within" / "a.wav").write_text("sound")  # again, since the thread may not listen yet
            time.sleep(0.05)
            changed = changes.take()
        assert changed
    assert not changes._thread.is_alive()


def test_a_folder_that_is_gone_reports_nothing(tmp_path: Path) -> None:
    with FolderChanges(tmp_path / "gone") as changes:
        changes._thread.join(10)
        assert not changes.take()
