"""What anybody may write, and what reads it: `targets` are found fault with by chance and by coverage."""
