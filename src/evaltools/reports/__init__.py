"""What a page is made of: tables, figures and Dutch sentences, from protected tables only."""
