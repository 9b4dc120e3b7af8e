"""What people look at: per page a module that turns results into what its template shows."""
