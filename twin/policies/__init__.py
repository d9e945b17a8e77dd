"""Pure rules that turn a view into orders; one file per policy."""
