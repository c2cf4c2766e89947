"""Who is measured side by side: each reads the whole listing at ADDRESS into FOLDER/staging.duckdb and ends.

`python -m bench.peers.<name> ADDRESS FOLDER`. What would be imported while reading is imported before.
"""
