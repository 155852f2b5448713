"""The entries of material files: values with a unit and a source, and laws made of them."""
