"""The process of driving a community of practice, and which of its steps a passage is about."""
