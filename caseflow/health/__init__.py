"""Is all well: the doctor's examinations, standing complaints, figures for operators."""
