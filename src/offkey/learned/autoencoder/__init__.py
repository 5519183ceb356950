"""The detector `autoencoder`: it learns to reconstruct normal sound, and fails where a sound is not."""
