"""The case file: one case, whole, in one file that anybody can keep, read and verify."""

from interlock.papers.case_file.case_file_html import case_file_html
from interlock.papers.case_file.case_file_pdf import case_file_pdf
from interlock.papers.case_file.verify import FileFault, FileVerdict, NoCaseFile, verify_case_file

__all__ = [
    "FileFault",
    "FileVerdict",
    "NoCaseFile",
    "case_file_html",
    "case_file_pdf",
    "verify_case_file",
]
