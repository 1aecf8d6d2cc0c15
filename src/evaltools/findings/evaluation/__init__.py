"""The evaluation of a programme: whom it reached, what became of them, and what that differs from others."""
