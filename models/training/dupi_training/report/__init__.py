"""The evaluation report: what a model is worth, in numbers and pictures, beside what others reached."""
