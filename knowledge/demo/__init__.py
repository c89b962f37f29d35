"""The knowledge of the demo project: invented, in English and Chinese."""
