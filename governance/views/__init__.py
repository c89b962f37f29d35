"""The pages of governance: `/governance`, one file for each of its tabs (see `frame`)."""
