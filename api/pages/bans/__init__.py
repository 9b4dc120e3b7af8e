"""The pages of area measures: those under review, and places where one was asked for."""
