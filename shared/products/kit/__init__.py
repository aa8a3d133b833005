"""What every product is made of: its adapter's base, kinds of slots, paging, comparison of settings."""
