"""What one person keeps on this machine: keymap, saved views, drafts, viewed marks, work in progress."""
