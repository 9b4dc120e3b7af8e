"""What people look at: per page a folder, with its routes and what its template shows."""
