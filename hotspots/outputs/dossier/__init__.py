"""Dossiers: what the register and its runs know of one decision, for who decides and who reads."""
