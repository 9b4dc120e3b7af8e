"""Find the entries of a record without reading the whole trail, and let no version be won twice.

Every change looks for the newest entry of its record while all others wait. On PostGIS also a
view with the area of each designation that counts now, for a GIS.
"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the index and the view."""
    op.create_index(
        "one_entry_per_version", "audit_entries", ["kind", "subject", "version"], unique=True
    )
    if _on_postgresql():
        op.execute(
            'CREATE VIEW areas_now AS SELECT designations.id, kind, name, state, start, "end", '
            "evaluation_on, geometry FROM designations JOIN boundaries "
            "ON designation = designations.id AND number = boundary_version"
        )


def downgrade() -> None:
    """Remove them."""
    if _on_postgresql():
        op.execute("DROP VIEW areas_now")
    op.drop_index("one_entry_per_version", "audit_entries")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
