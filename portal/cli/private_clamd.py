"""A private clamd for the demonstration and the tests: our configuration, and signatures of two test strings only."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

# The test string that every scanner knows, in two halves: whole, it would have this file quarantined.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OWN = b"portal-test-of-harmful-files-c41f"

# Each file is looked at to its end: what the daemon skips for its size, depth or number it must not call clean
# (AlertExceedsMax), and everything that the portal takes is below these limits.
LIMITS = """\
AlertExceedsMax yes
StreamMaxLength 100M
MaxFileSize 100M
MaxScanSize 400M
MaxFiles 10000
MaxRecursion 17
MaxScanTime 60000
"""


@dataclass
class PrivateClamd:
    """One clamd in a folder of its own, listening on a socket there; `program` is the path of clamd."""

    program: str
    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="portal-clamd-")))

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.home / "clamd.ctl"

    @property
    def address(self) -> str:
        """The SCANNER setting that leads to it."""
        return f"clamd://{self.socket}"

    def command(self) -> list[str]:
        """Write its configuration and signatures; how it is started, to run in the foreground."""
        signatures = self.home / "signatures"
        signatures.mkdir(exist_ok=True)
        lines = [f"Portal.{name}:0:*:{pattern.hex()}" for name, pattern in (("Eicar", EICAR), ("Own", OWN))]
        (signatures / "portal.ndb").write_text("\n".join(lines) + "\n")
        self.socket.unlink(missing_ok=True)
        configuration = self.home / "clamd.conf"
        configuration.write_text(
            f"Foreground yes\nLogFile {self.home / 'log'}\nDatabaseDirectory {signatures}\n"
            f"LocalSocket {self.socket}\nLocalSocketMode 600\nTemporaryDirectory {self.home}\nMaxThreads 2\n{LIMITS}"
        )
        return [self.program, "--config-file", str(configuration)]

    def forget(self) -> None:
        """Delete its folder."""
        shutil.rmtree(self.home, ignore_errors=True)
