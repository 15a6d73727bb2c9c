"""Routes, one file a subject: thin, from a request to `intake` or `views` and back."""
