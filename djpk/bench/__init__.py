"""Benches: real code over databases of a named size, each figure beside the bare SQL it rests on."""
