"""Writes of the kernel: one module per noun."""
