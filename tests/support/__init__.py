"""Small helpers that tests share: a project to work on, and short words for what is sent and refused."""
