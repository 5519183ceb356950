"""Changes of a folder, as the system reports them."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from tests.watch.acquisition.conftest import wait_for

from offkey.watch.acquisition.folder_changes import FolderChanges


def test_the_beginning_and_each_change_are_reported_once_also_within_folders(tmp_path: Path) -> None:
    (tmp_path / "within").mkdir()
    with FolderChanges(tmp_path) as changes:
        assert wait_for(changes.take)  # what was written before is in no report
        assert not changes.take()
        (tmp_path / "within" / "a.wav").write_text("sound")
        assert wait_for(changes.take)
    assert not changes._thread.is_alive()


def test_a_change_that_is_reported_while_it_is_asked_for_is_not_lost(tmp_path: Path) -> None:
    class ReportedMeanwhile(Event):
        def is_set(self) -> bool:
            answer = super().is_set()
            self.set()
            return answer

    changes = FolderChanges(tmp_path)
    changes._changed = ReportedMeanwhile()
    assert [changes.take(), changes.take()] == [False, True]


def test_a_folder_that_is_gone_reports_nothing(tmp_path: Path) -> None:
    with FolderChanges(tmp_path / "gone") as changes:
        changes._thread.join(60)
        assert not changes.take()
