import streamlit as st
from twin.console.still_map import show_still_map
def show_live_map(desk, visit):
    show_still_map(desk.city, visit)
