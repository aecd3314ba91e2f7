"""Which attachments may run code when somebody opens them: kept, but never sent on."""

from __future__ import annotations

#: Endings that Windows, macOS or an office program would run without asking.
_ENDINGS = frozenset(
    [
        "ade",
        "adp",
        "apk",
        "app",
        "appref-ms",
        "appx",
        "appxbundle",
        "bat",
        "cab",
        "chm",
        "cmd",
        "com",
        "command",
        "cpl",
        "diagcab",
        "diagcfg",
        "diagpkg",
        "dll",
        "dmg",
        "ex",
        "ex_",
        "exe",
        "gadget",
        "hta",
        "img",
        "inf",
        "ins",
        "iso",
        "isp",
        "jar",
        "jnlp",
        "js",
        "jse",
        "lib",
        "library-ms",
        "lnk",
        "mde",
        "mjs",
        "msc",
        "msi",
        "msix",
        "msixbundle",
        "msp",
        "mst",
        "msu",
        "nsh",
        "pif",
        "ps1",
        "ps1xml",
        "psm1",
        "reg",
        "scf",
        "scr",
        "sct",
        "search-ms",
        "settingcontent-ms",
        "shb",
        "sys",
        "url",
        "vb",
        "vbe",
        "vbs",
        "vbscript",
        "vhd",
        "vhdx",
        "vxd",
        "website",
        "ws",
        "wsc",
        "wsf",
        "wsh",
        "xbap",
        "xll",
    ]
)

#: The first bytes of programs, whatever the file is called.
_BEGINNINGS = (
    b"MZ",  # DOS and Windows
    b"\x7fELF",  # Linux
    b"\xca\xfe\xba\xbe",  # Java classes, macOS universal
    b"\xcf\xfa\xed\xfe",  # macOS
    b"L\x00\x00\x00\x01\x14\x02\x00",  # Windows shortcut
)


def is_blocked(name: str, data: bytes) -> bool:
    """Whether a file is a program, by its ending or by how it begins."""
    # Windows drops dots and spaces at the end of a name, and what follows a colon.
    _, dot, ending = name.partition(":")[0].rstrip(". ").rpartition(".")
    runs = bool(dot) and ending.strip().lower() in _ENDINGS
    return runs or data.startswith(_BEGINNINGS)
