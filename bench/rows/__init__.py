"""The rows of each table, as lines of COPY's text format; there is no tab or backslash in them."""
