"""Workflow rules: what an administrator wants to happen by itself, as values and pure decisions.

============== ===================================================================
`conditions`   what a rule looks at: comparisons, all, any, not
`fields`       every fact of a ticket, its last event and its people, by name
`view`         how a ticket, its last event and its people are shown to rules
`deeds`        what a rule wants done
`rulebook`     the rules in order, found by the event that they wait for
`judge`        whether a rule hits, and what it saw
`timing`       when a rule will hit if nothing happens
`reading`      rules from the configuration, every mistake with its key; conditions
               and their values in `values`, deeds in `wishes`
`checking`     rules that can never hit
`names`        what the configuration knows by name, and the nearest of it
`patterns`     text patterns and word lists in linear time
============== ===================================================================
"""
