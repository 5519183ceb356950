"""The commands, one module each; no logic of their own."""
