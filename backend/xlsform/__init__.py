"""XLSForm, the field's way of writing forms in Excel: in and out (docs/xlsform.md).

``importing`` reads a workbook into our own three files; ``exporting`` writes a form as a workbook.
"""
