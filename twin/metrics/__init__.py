"""Numbers derived from the journal alone: intervals, performance and workload."""
