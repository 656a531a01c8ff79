"""Import and export of tables: reading CSV and XLSX row by row, columns, rejects, progress, writing.

Knows no app: what is imported is a `Kind` with columns and a loader, declared by whoever owns it.
"""
