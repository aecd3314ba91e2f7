"""winmail.dat: what Outlook sends when it takes the receiver for another Outlook (MS-OXTNEF)."""
