"""More clips than fit in memory: scored and extracted part by part, summed up, and fitted on the summaries."""
