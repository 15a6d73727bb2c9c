"""What can be driven, and when."""
