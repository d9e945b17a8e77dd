"""What is so now: state, the one reducer that changes it, and the read-only view that policies see."""
