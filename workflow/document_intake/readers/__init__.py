"""Readers: the bytes of one format in, its text out."""
