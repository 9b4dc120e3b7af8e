"""The web side of *hotspots*: pages for people, ``/v1`` for programs. It only reads runs."""
