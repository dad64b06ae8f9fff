"""`make bench`: every benchmark, one after the other."""

from tests.benchmarks import bank, fetching, quotes, resting, screen, to_screen

if __name__ == "__main__":
    fetching.main()
    screen.main()
    resting.main()
    quotes.main()
    to_screen.main()
    bank.main()
