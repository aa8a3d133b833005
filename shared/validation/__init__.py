"""Outside data in, our values or one readable message out."""
