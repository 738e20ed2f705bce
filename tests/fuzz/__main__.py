"""Feed one target with bytes that reach ever more of its code: `python -m tests.fuzz TARGET SECONDS FOLDER`.

Ends with an error at the first input that it does not answer for; that input then lies in the folder.
"""

import sys
from pathlib import Path

import atheris


def main() -> None:
    name, seconds, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    with atheris.instrument_imports(include=["lattice_console"]):
        from tests.fuzz.targets import SEEDS, TARGETS

    def answered(data: bytes) -> None:
        try:
            TARGETS[name](data)
        except Exception:
            (folder / "input").write_bytes(data)
            raise

    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name]):
        (corpus / f"seed-{number}").write_bytes(seed)
    limits = [f"-max_total_time={seconds}", "-timeout=20", "-max_len=4096", "-rss_limit_mb=2000"]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={folder}/", str(corpus)], answered)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
