"""`python -m litgrad`."""

from litgrad.cli import main

if __name__ == "__main__":
    main(prog_name="litgrad")
