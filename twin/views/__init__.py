"""What is shown, without the page: tidy tables, map layers and charts."""
