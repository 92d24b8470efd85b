"""Parsers that behave badly, for the child process with limits."""


def fine(files, process_id):
    assert files == {"a.bpmn": b"<x/>"} and process_id == "test_main"


def raises(files, process_id):
    raise ValueError("no such task\nsecond line")


def spins(files, process_id):
    while True:
        pass


def grows(files, process_id):
    return [bytearray(50_000_000) for _ in range(100)]


def exits(files, process_id):
    raise SystemExit(0x4D)


def writes(files, process_id):
    with open(process_id, "w") as out:
        out.write("x")


def looks_for_secrets(files, process_id):
    import os

    assert not [name for name in os.environ if "SECRET" in name]
