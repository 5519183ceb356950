"""Changes of the file of a plant by a program: what they mean, and how they are written."""
