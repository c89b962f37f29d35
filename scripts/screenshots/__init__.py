"""Every page as a picture: `make screenshots`; the browser tests walk the same table of pages."""
