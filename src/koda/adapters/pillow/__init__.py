"""Pictures by Pillow."""
