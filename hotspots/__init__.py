"""Where to act on crime and nuisance, whether a measure is justified there, and when to end it.

The engine of *hotspots*. Data flows one way: ``ingest`` -> ``store`` -> ``analysis`` ->
``planning`` -> a frozen run -> ``outputs``. The README section "How it is built" draws it.
"""

__version__ = "0.1.0"
