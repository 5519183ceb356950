from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="the extra torch is not installed")

from offkey.learned.discriminative.augmentation import exchange_spectra, mask_spectrograms, mix_clips  # noqa: E402

LABELS = torch.eye(8)


def test_mixing_mixes_inputs_and_labels_alike() -> None:
    torch.manual_seed(0)
    inputs = [LABELS.clone(), torch.arange(8.0)[:, None, None].expand(8, 3, 2)]
    (one, other), labels = mix_clips(inputs, LABELS, 1.0)
    torch.testing.assert_close(one, labels)  # the first input was the labels themselves
    torch.testing.assert_close(labels.sum(1), torch.ones(8))
    torch.testing.assert_close(other[:, 0, 0], labels @ torch.arange(8.0))
    assert not torch.equal(labels, LABELS)
    (same, _), unchanged = mix_clips(inputs, LABELS, 0.0)
    assert torch.equal(same, LABELS)
    assert torch.equal(unchanged, LABELS)


def test_masks_hide_whole_rows_and_columns_up_to_their_share() -> None:
    torch.manual_seed(0)
    hidden = mask_spectrograms(torch.ones(50, 40, 30), 0.5) == 0
    rows, columns = hidden.all(2), hidden.all(1)
    assert torch.equal(hidden, rows[:, :, None] | columns[:, None, :])
    assert 5 < rows.sum(1).float().mean() < 15  # half of 0 to 20
    assert int(rows.sum(1).max()) <= 20
    assert torch.equal(mask_spectrograms(torch.ones(5, 4, 3), 0.0), torch.ones(5, 4, 3))


def test_an_exchange_tells_both_origins() -> None:
    torch.manual_seed(0)
    first, second = torch.arange(8.0)[:, None], torch.arange(8.0)[:, None]
    (foreign, own), labels = exchange_spectra([first, second], LABELS, 0.5)
    assert torch.equal(own, second)
    assert labels.shape == (8, 24)
    as_it_is, of_rest, of_spectrum = labels.chunk(3, 1)
    for row in range(8):
        if as_it_is[row].any():
            assert torch.equal(as_it_is[row], LABELS[row])
            assert foreign[row] == row
        else:
            assert of_rest[row, row] == 0.5
            assert of_spectrum[row, int(foreign[row])] == 0.5
    assert 0 < int(as_it_is.sum()) < 8
