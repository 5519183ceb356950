"""The pages of a plant, a router each."""
