"""The documentation: reference pages written from the code, and the build that checks all links."""
