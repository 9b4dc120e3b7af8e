"""Pure statistics on validated frames: no files, no clock, no global randomness."""
