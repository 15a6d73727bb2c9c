"""What the outside world speaks about jobs and parcels: problem files and batches in, plans out and in."""
