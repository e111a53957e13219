"""Pure decisions about files: which columns a form has, and what stands in a cell."""
