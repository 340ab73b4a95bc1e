"""The inputs of a council's page about handing decisions over to its case system."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from portal.tenants.handover_settings import SSH_PORT, USUAL
from portal.tenants.settings_entry import Entry


def hand_over(_languages: Sequence[str]) -> list[Entry]:
    """How, which decisions, where a receiver is told, and the folder of the file server."""
    ways = (
        ("none", _("Not at all")),
        ("copy", _("A person copies it, section by section")),
        ("push", _("Your system is told over HTTPS, and collects it")),
        ("sftp", _("As files in a folder of your file server (SFTP)")),
    )
    kinds = (
        ("assessment", _("Progress to assessment")),
        ("strategy", _("Strategy discussion")),
        ("early_help", _("Early help")),
        ("signpost", _("Signpost to services")),
        ("no_action", _("No further action")),
        ("more_information", _("Return for more information")),
        ("transfer", _("Transfer to another council")),
        ("log_only", _("Log only")),
    )
    return [
        Entry("how", ("hand_over", "how"), _("How decisions go to the case system"), _("Choose how"), kind="choice",
              options=ways, usual=("none",)),
        Entry("outcomes", ("hand_over", "outcomes"), _("Which decisions"), _("Choose decisions"), kind="several",
              options=kinds, usual=USUAL),
        Entry("address", ("hand_over", "push", "address"), _("Address of your system"),
              _("Enter an address that begins with https://, such as https://cases.example.gov.uk/parcels"),
              _("Only where your system is told over HTTPS. It hears no word of a report there, only that one waits."),
              "maybe"),
        *_server(),
    ]  # fmt: skip


def _server() -> list[Entry]:
    place = ("hand_over", "sftp")
    key = _(
        "One line of text, such as ssh-ed25519 AAAA… Ask whoever runs the server for it. Nothing is sent to a server "
        "that shows another."
    )
    folder = _("Its path on the server. Leave it empty for the one in which the account begins.")
    return [
        Entry("host", (*place, "host"), _("File server"), _("Enter a host name, such as files.example.gov.uk"),
              _("Only for a folder of your file server, as is all below"), "maybe"),
        Entry("port", (*place, "port"), _("Port"), _("Enter a whole number from 1 to 65535"), "", "number", 5,
              usual=(str(SSH_PORT),)),
        Entry("user", (*place, "user"), _("Account on the server"), _("Enter the name of the account"), "", "maybe"),
        Entry("folder", (*place, "folder"), _("Folder"), _("Enter the path of a folder, such as portal/parcels"),
              folder, "maybe"),
        Entry("host-key", (*place, "host_key"), _("Public key of the server"),
              _("Enter a public key, such as ssh-ed25519 AAAA…"), key, "maybe"),
    ]  # fmt: skip
