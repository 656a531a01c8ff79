"""A report as its page shows it; made from the dict of `reports.report.build`, computing no figure."""
