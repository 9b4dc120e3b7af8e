"""The register of decisions over ``/v1``: the web says who acts, `hotspots.decisions` the rest."""
