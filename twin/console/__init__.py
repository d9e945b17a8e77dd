"""Streamlit pages that talk to a desk and compute nothing."""
