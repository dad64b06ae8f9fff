"""`make bench`: every benchmark, one after the other."""

from tests.benchmarks import quotes, screen

if __name__ == "__main__":
    screen.main()
    quotes.main()
