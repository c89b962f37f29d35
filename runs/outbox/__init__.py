"""The outbox: messages are claimed, sent outside any transaction, and their outcome recorded.

A claim is committed before anything is sent, so a process killed at any moment leaves a row that
says so: it is taken again when its claim runs out. The wire sees a message at least once; the
record has it once, and counts the attempts whose outcome nobody knows.
"""
