"""OGC API Features, parts 1 and 2: everything that can be mapped, as collections of features."""
