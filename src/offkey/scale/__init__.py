"""From more clips than fit in memory to a model: their features summed up, in summaries that merge."""
