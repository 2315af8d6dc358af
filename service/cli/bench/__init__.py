"""Measure the product 性能: a scratch town of any size, and what the daily work costs there.

scratch  a database of its own, gone afterwards     town     made-up disputes, imported in bulk
work     what is measured, through the same doors   bare     the same by bare SQL, for comparison
measure  times, percentiles, processor and memory   command  `fengqiao bench`
"""
