"""Maps as whole HTML documents; `frame` and `shapes` serve every map, the others are one each."""
