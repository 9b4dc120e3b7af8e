"""From any municipal file to a validated frame and its rejected rows."""
