"""Whether a target is being reached: what a register counts towards it, beside what is usual, and where that ends.

::

    programme file, registers ─▶ make_plan ─▶ Plan ─▶ exits_towards, placed_towards ─▶ Counted ─▶ progress, by_group
                                                └──▶ stock_table, places, after_placement, employers

A target that is ``extra`` needs to know what is usual: the same months in the years before, for as many people on benefit.
"""
