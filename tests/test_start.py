"""Several processes that start on an empty file at once find one installation."""

import subprocess
import sys
from pathlib import Path

START = """
import sys
from pathlib import Path
from adapters.store.store import FileStore
sys.stdin.readline()
store = FileStore(Path(sys.argv[1]))
print(store.key.decode(), store.last_position())
store.close()
"""


def test_processes_that_start_at_once_on_an_empty_file_agree_on_its_key(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite3"
    command = [sys.executable, "-c", START, str(path)]
    started = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent
        )
        for _ in range(6)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()
    told = {process.communicate(timeout=60)[0] for process in started}
    assert [process.returncode for process in started] == [0] * 6
    assert len(told) == 1
    assert told.pop().endswith(" 0\n")
