"""The report of a study: tables, figures and a page, made from FOLDER/report/report.json alone.

read_report checks the file; cells turns its numbers into text; csv_tables, latex_tables and html_page write
it; figures/ draws. ../study_report.py runs all of it.
"""
