"""Truth-chain quality: how much of what should be on record about the latest incidents is.

`summary` measures; `stored` keeps the last measurement of each project, and says when it is served.
"""
