"""Training on an operator's own table of photos: from the table to a run, from a run to a file.

Never downloads anything unless asked, and never looks at the test split.
"""
