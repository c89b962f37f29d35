"""What goes into an archive as it stands: the script that verifies it, and how to."""
