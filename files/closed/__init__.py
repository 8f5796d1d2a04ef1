"""The closed room: code that opens strangers' files, run in a process of its own with little memory and time.

Nothing here knows Django, the database or the house; `files.cell` starts it and reads its answer.
"""
