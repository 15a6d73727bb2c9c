"""The command line: every verb works without a server, on files; tables for people, --json for programs."""
