"""Where work runs: threads, executors on this machine or a cluster, and parts of results that are kept."""
