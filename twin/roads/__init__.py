"""The street network as validated arrays: nearest points, travel times, paths and closures."""
