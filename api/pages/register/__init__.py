"""The pages of the register: one designation, its forms, and the trail."""
